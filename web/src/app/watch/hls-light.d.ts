/** The same as all of hls.js, with fewer parts. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
