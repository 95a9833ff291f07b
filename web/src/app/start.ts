import wasmFile from 'parley-core/parley.wasm';
import { beginJoining, compile } from '../shim/head-start.js';
import { joinsAtOnce } from './autojoin.js';

/**
 * Runs before the rest of the call page's code has even arrived. It is a classic script for that: modules wait for the
 * whole page.
 */
compile(new URL(wasmFile, location.href).href).catch(() => undefined);
if (joinsAtOnce()) {
  beginJoining(`${location.origin.replace(/^http/, 'ws')}/ws`);
}
