/** What other people's pages import: the room, calls by name, and the element that is a whole call. */
export { Directory, Room } from './shim/index.js';
export { ParleyRoomElement } from './element/index.js';
