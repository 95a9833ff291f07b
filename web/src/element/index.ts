export { ParleyRoomElement, type Phase } from './parley-room.js';
