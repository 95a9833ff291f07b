import { nameAfter } from './address.js';
import './publish/page.js';

/** /publish, or /publish/{sim}: streams this device's camera under a SIM number. */
const page = document.createElement('parley-publish');
page.sim = nameAfter('/publish/', location.pathname);
document.body.append(page);
