import { nameAfter } from './address.js';
import './publish/page.js';
import { invitation } from './token.js';

/** /publish, or /publish/{sim}: streams this device's camera under a SIM number. */
const page = document.createElement('parley-publish');
page.sim = nameAfter('/publish/', location.pathname);
page.token = invitation((token) => (page.token = token));
document.body.append(page);
