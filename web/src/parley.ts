/** What other people's pages import: the room, calls by name, accounts, and the element that is a whole call. */
export { Accounts, Directory, Room } from './shim/index.js';
export { ParleyRoomElement } from './element/index.js';
