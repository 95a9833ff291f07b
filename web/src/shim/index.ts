export { Directory } from './directory.js';
export { Room } from './room.js';
export type {
  DirectoryEvents,
  DirectoryOptions,
  Peer,
  PeerStats,
  RoomEvents,
  RoomOptions,
} from '../../types/parley.js';
export type {
  Call,
  LinkState,
  PeerSnapshot,
  Presence,
  Reason,
  Slot,
  Snapshot,
  StateChange,
  User,
} from 'parley-core';
