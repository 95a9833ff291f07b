export { Directory, type DirectoryEvents, type DirectoryOptions } from './directory.js';
export { Room, type RoomEvents, type RoomOptions } from './room.js';
export type { Peer } from './peer.js';
export type { PeerStats } from './stats.js';
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
