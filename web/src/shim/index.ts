export { Room, type RoomEvents, type RoomOptions } from './room.js';
export type { Peer } from './peer.js';
export type { PeerStats } from './stats.js';
export type { LinkState, PeerSnapshot, Presence, Reason, Slot, Snapshot, StateChange } from 'parley-core';
