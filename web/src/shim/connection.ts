import type { Session } from 'parley-core';
import { FirstMedia } from './first-media.js';
import { OpeningPicture } from './opening-picture.js';

/** The tracks that go out, by the slot they go out in; shared by all connections of a room. */
export type LocalTracks = ReadonlyMap<string, MediaStreamTrack | null>;

/**
 * What the tracks go out in. Parley knows them by their slots; a client that shows `event.streams[0]` needs them in a
 * stream, and all in one, as it shows no other. (It also has browsers keep sound and picture together.)
 */
const outgoing = new MediaStream();

/**
 * One RTCPeerConnection, as the core asked for it: does what the core says, reports what happened, decides nothing.
 */
export class Connection {
  readonly #id: number;
  readonly #session: Session;
  readonly #pc: RTCPeerConnection;
  /** A foreign client has none. */
  readonly #channel: RTCDataChannel | null;
  readonly #tracks: LocalTracks;
  readonly #slots = new Map<string, RTCRtpTransceiver>();
  /** By the slots whose pictures they open; until the connection is up. */
  readonly #openings = new Map<string, OpeningPicture>();
  /** By the mid of their lines; of a foreign client. */
  readonly #awaited = new Map<string, FirstMedia>();
  #wasUp = false;
  #closed = false;

  constructor(id: number, session: Session, tracks: LocalTracks, pc: RTCPeerConnection, channel: boolean) {
    this.#id = id;
    this.#session = session;
    this.#tracks = tracks;
    this.#pc = pc;
    this.#channel = channel
      ? pc.createDataChannel('parley', { negotiated: true, id: 0, ordered: true })
      : null;
    this.#report();
  }

  get pc(): RTCPeerConnection {
    return this.#pc;
  }

  addSlot(slot: string, kind: 'audio' | 'video'): void {
    // With its track from the start: replaceTrack() would take a turn before the offer.
    const track = this.#outgoing(slot) ?? kind;
    const options: RTCRtpTransceiverInit = { direction: 'sendrecv', streams: [outgoing] };
    this.#slots.set(slot, this.#pc.addTransceiver(track, options));
  }

  bindSlot(slot: string, mid: string): void {
    const added = this.#slots.get(slot);
    // Left over from an offer that was rolled back. Not stopped: Chromium wants every stopped transceiver negotiated,
    // gives one that never had an m-line none, and so would want to negotiate for ever.
    if (added && added.mid === null) added.direction = 'inactive';
    const transceiver = this.#transceiver(mid);
    if (!transceiver) return;
    transceiver.direction = 'sendrecv';
    transceiver.sender.setStreams(outgoing);
    this.#slots.set(slot, transceiver);
    this.#send(slot);
  }

  /** The slot's track is another than before. */
  trackChanged(slot: string): void {
    this.#send(slot);
  }

  setLocalDescription(provisional: boolean): void {
    this.#describe(provisional).then(
      () => {
        const { type, sdp } = this.#pc.localDescription!;
        const slots: Record<string, string> = {};
        for (const [slot, { mid }] of this.#slots) if (mid !== null) slots[mid] = slot;
        this.#tell((session, now, id) =>
          session.localDescription(now, id, type as 'offer' | 'answer', sdp, slots),
        );
      },
      (error) => this.#tell((session, now, id) => session.localDescriptionFailed(now, id, String(error))),
    );
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): void {
    this.#pc.setRemoteDescription(description).then(
      () => this.#tell((session, now, id) => session.remoteDescriptionApplied(now, id)),
      (error) => this.#tell((session, now, id) => session.remoteDescriptionFailed(now, id, String(error))),
    );
  }

  addCandidate(candidate: RTCIceCandidateInit): void {
    this.#pc
      .addIceCandidate(candidate)
      .catch((error) => this.#tell((session, now, id) => session.candidateFailed(now, id, String(error))));
  }

  setIceServers(iceServers: RTCIceServer[]): void {
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  restartIce(): void {
    this.#pc.restartIce();
  }

  send(text: string): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(text);
  }

  /** What the peer sends on the m-line with this mid. */
  remoteTrack(mid: string): MediaStreamTrack | null {
    return this.#transceiver(mid)?.receiver.track ?? null;
  }

  close(): void {
    this.#closed = true;
    const pc = this.#pc;
    pc.onnegotiationneeded = pc.onicecandidate = pc.ontrack = null;
    pc.onsignalingstatechange = pc.onicegatheringstatechange = null;
    pc.oniceconnectionstatechange = pc.onconnectionstatechange = null;
    if (this.#channel) this.#channel.onopen = this.#channel.onclose = this.#channel.onmessage = null;
    this.#closeOpenings();
    for (const media of this.#awaited.values()) media.close();
    pc.close();
  }

  async #describe(provisional: boolean): Promise<void> {
    if (provisional) {
      const { sdp } = await this.#pc.createAnswer();
      // Not every browser has provisional answers; what is wrong with this one, the answer says as well.
      await this.#pc.setLocalDescription({ type: 'pranswer', sdp }).catch(() => undefined);
    }
    await this.#pc.setLocalDescription();
  }

  /** What becomes of a connection that is closed is nobody's business: its session may be gone by then. */
  #tell(what: (session: Session, now: number, id: number) => void): void {
    if (!this.#closed) what(this.#session, performance.now(), this.#id);
  }

  #report(): void {
    const [pc, channel, session, id] = [this.#pc, this.#channel, this.#session, this.#id];
    const now = () => performance.now();
    pc.onnegotiationneeded = () => session.negotiationNeeded(now(), id);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) session.localCandidate(now(), id, candidate.toJSON());
    };
    pc.ontrack = ({ transceiver: { mid }, track }) => {
      session.trackAdded(now(), id, mid!, track.kind as 'audio' | 'video');
      // Everybody else says what is in which line.
      if (!channel) this.#awaitMedia(mid!, track);
    };
    pc.onsignalingstatechange = () => session.signalingStateChanged(now(), id, pc.signalingState);
    pc.onicegatheringstatechange = () => session.iceGatheringStateChanged(now(), id, pc.iceGatheringState);
    pc.oniceconnectionstatechange = () => session.iceConnectionStateChanged(now(), id, pc.iceConnectionState);
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === 'connected') void this.#open();
      session.connectionStateChanged(now(), id, pc.connectionState);
    };
    if (!channel) return;
    channel.onopen = () => session.channelOpened(now(), id);
    channel.onclose = () => session.channelClosed(now(), id);
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string') session.channelMessage(now(), id, data);
    };
  }

  #awaitMedia(mid: string, track: MediaStreamTrack): void {
    this.#awaited.get(mid)?.close();
    const came = () => this.#tell((session, now, id) => session.trackFlows(now, id, mid));
    this.#awaited.set(mid, new FirstMedia(track, came));
  }

  #transceiver(mid: string): RTCRtpTransceiver | undefined {
    return this.#pc.getTransceivers().find((transceiver) => transceiver.mid === mid);
  }

  #send(slot: string): void {
    const sender = this.#slots.get(slot)?.sender;
    const track = this.#outgoing(slot);
    // Refused only by a connection that was closed meanwhile, or for a track of the other kind, which is the
    // embedder's mistake to see.
    if (sender && sender.track !== track) sender.replaceTrack(track).catch(reportError);
  }

  /** What goes out in a slot now: its track or, until the connection is up, what its pictures open with. */
  #outgoing(slot: string): MediaStreamTrack | null {
    const track = this.#tracks.get(slot) ?? null;
    let opening = this.#openings.get(slot);
    if (opening && opening.camera !== track) {
      opening.close();
      this.#openings.delete(slot);
      opening = undefined;
    }
    // A hint says that it is no camera: a shared screen.
    if (this.#wasUp || track?.kind !== 'video' || track.contentHint !== '') return track;
    if (!opening) this.#openings.set(slot, (opening = new OpeningPicture(track)));
    return opening.track;
  }

  async #open(): Promise<void> {
    if (this.#wasUp) return;
    await Promise.all([...this.#openings.values()].map((opening) => opening.show()));
    if (this.#pc.connectionState === 'closed') return;
    this.#wasUp = true;
    for (const slot of this.#slots.keys()) this.#send(slot);
    this.#closeOpenings();
  }

  #closeOpenings(): void {
    for (const opening of this.#openings.values()) opening.close();
    this.#openings.clear();
  }
}
