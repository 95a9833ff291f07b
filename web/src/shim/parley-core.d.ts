/** The build gives these names to the WebAssembly module (web/build.mjs). */
declare module 'parley-core/parley.wasm' {
  const file: string;
  export default file;
}
