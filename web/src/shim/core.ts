import createParley, { type ParleyModule } from 'parley-core';
import wasmFile from 'parley-core/parley.wasm';
import { compile } from './head-start.js';

const wasmUrl = new URL(wasmFile, import.meta.url).href;

/** The WebAssembly core, asked for as soon as this module runs: it compiles while sockets connect. */
export const core: Promise<ParleyModule> = compile(wasmUrl).then(
  instantiate,
  // A server that does not call it application/wasm: the glue reads its bytes all the same, or says what is wrong.
  () => createParley({ locateFile: () => wasmUrl }),
);
// Whoever joins a room hears of a failure; nobody else has to.
core.catch(() => undefined);

function instantiate(module: WebAssembly.Module): Promise<ParleyModule> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ) => {
      WebAssembly.instantiate(module, imports).then(receive, reject);
      return {};
    };
    createParley({ instantiateWasm }).then(resolve, reject);
  });
}
