import type { LinkState, Peer } from '../shim/index.js';
import type { Call } from './call.js';
import type { LocalMedia } from './media.js';
import { isolate } from './name.js';
import { quality, type Quality } from './quality.js';
import { trustIn, type Trust } from './verification.js';

/** One tile's whole appearance: a person, a screen that a person shares, or a stream that is watched. */
export interface TileView {
  key: string;
  peer: string;
  kind: 'person' | 'screen' | 'stream';
  name: string;
  self: boolean;
  big: boolean;
  /** Attached as soon as there is one, so that its first frame is not missed; `picture` says whether it shows. */
  video: MediaStreamTrack | null;
  picture: boolean;
  sound: MediaStreamTrack | null;
  muted: boolean;
  mirrored: boolean;
  speaking: boolean;
  state: LinkState;
  /** What a person can be told about that state, where there is something to tell: of `connecting`, once it takes long. */
  words: string;
  quality: Quality | null;
  trust: Trust;
  /** The address of its playlist, where that is all there is to see of it. */
  stream: string | null;
  /** What the host is shown for that. */
  token: string;
}

/** Everything on the stage, in its order: shared and pinned tiles, the others as they came, oneself last. */
export function tileViews(call: Call, media: LocalMedia, ownName: string, pinned: string | null): TileView[] {
  const views = [...call.room.peers.values()].flatMap((peer) => remote(peer, call));
  views.push(...own(call, media, ownName));
  for (const view of views) view.big = view.kind === 'screen' || view.key === pinned;
  return [...views.filter((view) => view.big), ...views.filter((view) => !view.big)];
}

function remote(peer: Peer, call: Call): TileView[] {
  const told = call.knowsPresence(peer);
  const muted = isMuted(peer, told);
  const shows = (slot: string, said: boolean): boolean => {
    const track = peer.tracks.get(slot);
    return track?.readyState === 'live' && !track.muted && (said || !told);
  };
  const common = {
    peer: peer.id,
    name: isolate(peer.name || peer.id),
    self: false,
    big: false,
    mirrored: false,
    state: peer.state,
    trust: trustIn(peer.verification),
    stream: peer.stream,
    token: call.token,
  };
  const person: TileView = {
    ...common,
    key: peer.id,
    kind: peer.stream ? 'stream' : 'person',
    video: peer.tracks.get('camera') ?? null,
    picture: shows('camera', peer.presence.camera),
    sound: peer.tracks.get('microphone') ?? null,
    muted,
    speaking: call.speaking === peer.id && !muted,
    words: words(peer, call),
    quality: peer.stream ? null : quality(peer.state, call.stats.get(peer.id)),
  };
  if (!shows('screen', peer.presence.screen)) return [person];
  return [
    {
      ...common,
      key: `${peer.id}/screen`,
      kind: 'screen',
      video: peer.tracks.get('screen') ?? null,
      picture: true,
      sound: peer.tracks.get('screen-sound') ?? null,
      muted: false,
      speaking: false,
      words: '',
      quality: null,
    },
    person,
  ];
}

function words(peer: Peer, call: Call): string {
  if (peer.state === 'connected') return peer.away ? 'rejoining' : '';
  return peer.state === 'connecting' ? call.delay(peer) : peer.reason.message;
}

/** `told`: it has said what it shows. Who has nothing on from the start has no change of presence to tell. */
export function isMuted(peer: Peer, told: boolean): boolean {
  if (peer.dialect !== 'parley') return peer.state === 'connected' && !peer.stream && !hasSound(peer);
  return !peer.presence.microphone && (told || peer.state === 'connected');
}

/** All there is to know of a client that tells no presence. */
function hasSound(peer: Peer): boolean {
  const track = peer.tracks.get('microphone');
  return track?.readyState === 'live' && !track.muted;
}

/** This person, as they see themselves. */
export function selfView(media: LocalMedia, name: string): TileView {
  const camera = media.tracks.get('camera') ?? null;
  return {
    key: 'self',
    peer: '',
    kind: 'person',
    name: isolate(name),
    self: true,
    big: false,
    video: camera,
    picture: camera !== null,
    sound: null,
    muted: !media.live.microphone,
    // A mirror is what people expect of themselves, but not of the world behind a phone.
    mirrored: camera?.getSettings().facingMode !== 'environment',
    speaking: false,
    state: 'connected',
    words: '',
    quality: null,
    trust: 'unknown',
    stream: null,
    token: '',
  };
}

function own(call: Call, media: LocalMedia, name: string): TileView[] {
  const self = call.room.self ?? '';
  const view = selfView(media, name || self);
  const speaking = self !== '' && call.speaking === self && !view.muted;
  const person: TileView = { ...view, peer: self, speaking };
  const screen = media.tracks.get('screen');
  if (!screen) return [person];
  const share: TileView = {
    ...person,
    key: 'self/screen',
    kind: 'screen',
    video: screen,
    picture: true,
    muted: false,
    mirrored: false,
    speaking: false,
  };
  return [share, person];
}

/** One person in the list of all. */
export interface Participant {
  id: string;
  name: string;
  self: boolean;
  moderator: boolean;
  verified: boolean;
  identity: string;
  away: boolean;
  /** Its app can be asked for something. */
  asks: boolean;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}

/** Everybody in the room, oneself first. */
export function participants(call: Call, media: LocalMedia, ownName: string): Participant[] {
  const { room } = call;
  const self: Participant = {
    ...media.live,
    id: room.self ?? '',
    name: isolate(ownName || room.self || 'You'),
    self: true,
    moderator: room.moderator,
    verified: false,
    identity: '',
    away: false,
    asks: false,
  };
  const others = [...room.peers.values()]
    .filter(({ stream }) => !stream)
    .map((peer): Participant => ({
      id: peer.id,
      name: isolate(peer.name || peer.id),
      self: false,
      moderator: peer.moderator,
      verified: peer.verification.state === 'verified',
      identity: peer.identity,
      away: peer.away,
      asks: peer.dialect === 'parley',
      microphone: !isMuted(peer, call.knowsPresence(peer)),
      camera: peer.presence.camera,
      screen: peer.presence.screen,
    }));
  return [self, ...others];
}
