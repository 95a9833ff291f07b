import { nameAfter } from './address.js';
import { invitation } from './token.js';
import './watch/page.js';

/** /watch/{sim}: plays the stream of that number; `?channel=2` its second camera. */
const page = document.createElement('parley-watch');
page.sim = nameAfter('/watch/', location.pathname);
page.channel = Number(new URLSearchParams(location.search).get('channel') ?? 1);
page.token = invitation((token) => (page.token = token));
document.title = `${page.sim} – Parley`;
document.body.append(page);
