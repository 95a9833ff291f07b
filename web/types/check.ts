/** Compiles only while parley.d.ts says of parley.ts what is true. */
import type * as declared from './parley.js';
import { Directory, ParleyRoomElement, Room } from '../src/parley.js';

export const room: new (options: declared.RoomOptions) => declared.Room = Room;
export const element: new () => Omit<declared.ParleyRoomElement, never> = ParleyRoomElement;
export const directory: new (options: declared.DirectoryOptions) => declared.Directory = Directory;
