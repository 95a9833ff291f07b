import type { LinkState, PeerInfo, Presence, Reason, Verification } from 'parley-core';
import type { Peer, PeerStats } from '../../types/parley.js';
import type { Connection } from './connection.js';
import { StatsReader } from './stats.js';

/** A remote member, as the room keeps it up to date. */
export class RoomPeer implements Peer {
  readonly tracks = new Map<string, MediaStreamTrack>();
  connection: Connection | null = null;
  state: LinkState = 'connecting';
  reason: Reason = { code: 'connecting', message: 'Connecting.' };
  presence: Presence = { microphone: false, camera: false, screen: false };
  verification: Verification = {
    state: 'pending',
    reason: { code: 'connecting', message: 'The connection is not there yet.' },
    emoji: [],
    digits: '',
  };
  #info: PeerInfo;
  readonly #host: string;
  readonly #stats = new StatsReader();

  /** `host` is the address of its WebSocket. */
  constructor(info: PeerInfo, host: string) {
    this.#info = info;
    this.#host = host;
  }

  get id(): string {
    return this.#info.id;
  }
  get name(): string {
    return this.#info.name;
  }
  get meta(): unknown {
    return this.#info.meta;
  }
  get identity(): string {
    return this.#info.identity;
  }
  get moderator(): boolean {
    return this.#info.moderator;
  }
  get dialect(): string {
    return this.#info.dialect;
  }
  get away(): boolean {
    return this.#info.away;
  }

  get stream(): string | null {
    const { id, streams } = this.#info;
    return streams ? new URL(`/${id}/1.m3u8`, this.#host.replace('ws', 'http')).href : null;
  }

  update(info: PeerInfo): void {
    this.#info = info;
  }

  async stats(): Promise<PeerStats> {
    if (!this.connection) throw new Error(`There is no connection with ${this.id} now; try again later.`);
    return this.#stats.read(this.connection.pc);
  }
}
