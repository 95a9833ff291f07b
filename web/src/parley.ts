/** What other people's pages import: the room, and the element that is a whole call. */
export { Room } from './shim/index.js';
export { ParleyRoomElement } from './element/index.js';
