export { Accounts } from './accounts.js';
export { Directory } from './directory.js';
export { Room } from './room.js';
export type {
  Account,
  CallEntry,
  DirectoryEvents,
  DirectoryOptions,
  Invitation,
  InvitationOptions,
  Peer,
  PeerStats,
  Registration,
  RoomEvents,
  RoomOptions,
  SignIn,
} from '../../types/parley.js';
export type {
  Call,
  Emoji,
  Guest,
  LinkState,
  Lobby,
  PeerSnapshot,
  Presence,
  Reason,
  RoomRules,
  RuleChange,
  Slot,
  Snapshot,
  StateChange,
  User,
  Verification,
  VerificationState,
} from 'parley-core';
