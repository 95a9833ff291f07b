/** hls.js without what a stream of one quality has no use for: a file of its own, loaded where a browser needs it. */
export { default as Hls } from 'hls.js/light';
