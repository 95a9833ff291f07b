import { begin } from '../shim/head-start.js';

/** Runs while the rest of the call page is still being read: who comes straight into a call is on the way already. */
if (new URLSearchParams(location.search).has('autojoin')) begin();
