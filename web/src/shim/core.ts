import createParley, { type ParleyModule } from 'parley-core';
import wasmFile from 'parley-core/parley.wasm';

/** The WebAssembly core, asked for as soon as this module runs: it compiles while sockets connect. */
export const core: Promise<ParleyModule> = createParley({
  locateFile: () => new URL(wasmFile, import.meta.url).href,
});
// Whoever joins a room hears of a failure; nobody else has to.
core.catch(() => undefined);
