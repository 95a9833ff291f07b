import wasmFile from 'parley-core/parley.wasm';

export const wasmUrl = new URL(wasmFile, import.meta.url).href;

/** The core's binary: asked for as soon as this module runs, compiled while it arrives. */
export const compiled: Promise<WebAssembly.Module> = WebAssembly.compileStreaming(
  fetch(wasmUrl, { credentials: 'same-origin' }),
);
