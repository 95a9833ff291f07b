export type Kind = 'audio' | 'video';
export type Tracks = ReadonlyMap<Kind, MediaStreamTrack>;

const kinds: readonly Kind[] = ['audio', 'video'];

interface OutgoingEvents {
  candidate(candidate: RTCIceCandidateInit): void;
  /** One of the connection's states is another. */
  changed(): void;
  /** The other side has ended it, and said so (a DTLS close_notify). */
  ended(): void;
  /** The other side said something that the browser does not take. */
  failed(words: string): void;
}

/** One offer and the connection that comes of it. Another offer is another one of these. */
export class Outgoing {
  readonly pc: RTCPeerConnection;
  /** A second answer is to an offer that was made twice. */
  answered = false;
  readonly #senders = new Map<Kind, RTCRtpSender>();
  readonly #events: OutgoingEvents;
  #offered: Promise<void> | null = null;
  /** Candidates wait for the answer they belong to. */
  #ready: () => void = () => undefined;
  readonly #described = new Promise<void>((resolve) => (this.#ready = resolve));

  /** `allKinds`: it has a place for a camera and for a microphone, also where there is none yet. */
  constructor(tracks: Tracks, iceServers: RTCIceServer[], allKinds: boolean, events: OutgoingEvents) {
    this.#events = events;
    this.pc = new RTCPeerConnection({ iceServers });
    const streams = [new MediaStream([...tracks.values()])];
    for (const kind of allKinds ? kinds : tracks.keys()) {
      const source = tracks.get(kind) ?? kind;
      this.#senders.set(kind, this.pc.addTransceiver(source, { direction: 'sendonly', streams }).sender);
    }
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) events.candidate(candidate);
    };
    this.pc.onconnectionstatechange = () => events.changed();
    this.pc.oniceconnectionstatechange = () => events.changed();
    this.pc.onicegatheringstatechange = () => events.changed();
    this.pc.onsignalingstatechange = () => events.changed();
  }

  /** The offer, with the candidates found so far. */
  async offer(): Promise<RTCSessionDescriptionInit> {
    this.#offered ??= this.pc.setLocalDescription();
    await this.#offered;
    return this.pc.localDescription!;
  }

  async answer(description: RTCSessionDescriptionInit): Promise<void> {
    this.answered = true;
    await this.#try(this.pc.setRemoteDescription(description), 'The answer does not fit the offer');
    this.#ready();
    // All m-lines are bundled. The connection's own state would say nothing for seconds.
    const [sender] = this.#senders.values();
    const transport = sender?.transport;
    if (transport) transport.onstatechange = () => transport.state === 'closed' && this.#events.ended();
  }

  async candidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#described;
    await this.#try(this.pc.addIceCandidate(candidate), 'A candidate was not taken');
  }

  /** Whether the offer has a place for such a track. */
  has(kind: Kind): boolean {
    return this.#senders.has(kind);
  }

  /** Sends this track, or nothing, instead of what went before it. */
  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#senders.get(kind);
    if (sender) await this.#try(sender.replaceTrack(track), `The ${kind} track could not be changed`);
  }

  close(): void {
    this.pc.onicecandidate = this.pc.onconnectionstatechange = this.pc.oniceconnectionstatechange = null;
    this.pc.onicegatheringstatechange = this.pc.onsignalingstatechange = null;
    const [sender] = this.#senders.values();
    if (sender?.transport) sender.transport.onstatechange = null;
    this.pc.close();
  }

  async #try(action: Promise<void>, words: string): Promise<void> {
    await action.catch((error: unknown) => this.#events.failed(`${words}: ${String(error)}`));
  }
}
