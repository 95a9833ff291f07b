import type { Reason } from '../../shim/index.js';
import { Outgoing, type Kind } from './outgoing.js';
import { isAboutInvitation } from '../../element/invitation.js';
import { SignalingLog } from './signaling-log.js';
import { SimClient, type Heard, type SimListener } from './sim-client.js';
import { socketUrl, type Target } from './target.js';

/** The socket and what it has come to. */
export type Signaling = 'off' | 'connecting' | 'joining' | 'joined' | 'lost';
/** The stream and what it has come to. `nobody`: the server has no one to give it to. */
export type Streaming = 'off' | 'offered' | 'nobody' | 'connecting' | 'connected' | 'interrupted';

/** A server that lets one in says so in one turn; five seconds are many turns. */
const joinWithinMs = 5_000;
/** Nobody tells a publisher who came, so it asks. A tab in the room waits 3 s for an offer before it makes its own. */
export const offerAgainMs = 2_000;
/** A refusal comes in one turn; an offer that has none by then was taken. */
const refusalWithinMs = 1_000;
/** A viewer's camera prompt is not in the way of its answer, so this is a viewer that is gone. */
const answerWithinMs = 10_000;
/** As long as browsers try candidates before they call it failed. */
const connectWithinMs = 15_000;
/** A short break of the network mends itself; after this a fresh connection is quicker. */
const graceMs = 4_000;
/** Who ends a stream is about to leave the room; an offer before that would be lost on them. */
const leavingMs = 500;
/**
 * Doubled each time, up to the longest. A server starts a gateway that died again after a fraction of the first, and needs
 * a moment to have it ready; one that ends each stream, such as for a full disk, is not to be asked every second.
 */
const gatewayMs = { first: 1_000, longest: 30_000 };
/** A stream that has lasted so long was taken: what ends it then is something new. */
const steadyMs = 10_000;
/** Doubled each time, up to the longest. A server that is restarted is back within seconds. */
const retryMs = { first: 1_000, longest: 15_000 };
/** Why a gateway has ended a stream; that it let go of it, which follows, is only what came of that. */
const endings = new Set([
  'disk-full',
  'gateway-crashed',
  'media-failed',
  'memory-full',
  'no-media',
  'not-connected',
  'wrong-certificate',
]);
const isEnding = (reason: Reason | null): boolean => endings.has(reason?.code ?? '');

const nothingToStream: Reason = {
  code: 'no-tracks',
  message: 'There is nothing to stream: switch on the camera or the microphone.',
};

/**
 * Keeps a stream under its SIM number going until it is stopped: joins, offers, offers again while nobody is there to
 * take it, and begins anew when a connection or the socket is lost.
 */
export class Publisher {
  readonly log = new SignalingLog();
  signaling: Signaling = 'off';
  streaming: Streaming = 'off';
  /** The last trouble with either, until it is over. */
  trouble: { signaling: Reason | null; streaming: Reason | null } = { signaling: null, streaming: null };
  /** What the server has said of this stream that is no trouble. */
  notice = '';
  offers = 0;
  reconnects = 0;

  /** What the server is shown, from the next join on. */
  token = '';

  readonly #changed: () => void;
  readonly #toGateway: boolean;
  readonly #tracks = new Map<Kind, MediaStreamTrack>();
  #target: Target | null = null;
  #client: SimClient | null = null;
  #outgoing: Outgoing | null = null;
  #socketTimer = 0;
  #streamTimer = 0;
  #pauseMs = retryMs.first;
  #gatewayMs = gatewayMs.first;

  /**
   * `toGateway`: a media gateway of Parley's takes the stream, which makes up for what is not sent, so a camera or a microphone
   * is switched without another offer. A viewer's browser would show the last picture.
   */
  constructor(changed: () => void, { toGateway = false } = {}) {
    this.#changed = changed;
    this.#toGateway = toGateway;
  }

  get running(): boolean {
    return this.#target !== null;
  }

  /** For its states and figures. */
  get connection(): RTCPeerConnection | null {
    return this.#outgoing?.pc ?? null;
  }

  start(target: Target): void {
    this.stop();
    this.#target = target;
    this.offers = this.reconnects = 0;
    this.#pauseMs = retryMs.first;
    this.#gatewayMs = gatewayMs.first;
    this.#connect();
  }

  stop(): void {
    if (!this.#target) return;
    if (this.signaling === 'joined') this.#client?.leave();
    this.#target = null;
    this.#dropSocket();
    this.#dropOutgoing();
    this.#note('Stopped.');
    this.trouble = { signaling: null, streaming: null };
    this.#become('off');
    this.#enter('off');
  }

  /** Connects now instead of after the pause. */
  retry(): void {
    if (this.signaling !== 'lost') return;
    this.#pauseMs = retryMs.first;
    this.#connect();
  }

  /** What is sent from now on. Another device takes the place of the one before; more or fewer need another offer. */
  setTrack(kind: Kind, track: MediaStreamTrack | null): void {
    if (track) this.#tracks.set(kind, track);
    else this.#tracks.delete(kind);
    const has = this.#outgoing?.has(kind) ?? false;
    if (has && (track || this.#toGateway)) void this.#outgoing!.replace(kind, track);
    else if (track || has) this.#renew();
  }

  // The socket.

  #connect(): void {
    this.#dropSocket();
    const target = this.#target;
    if (!target) return;
    const url = socketUrl(target);
    this.#note(`Connecting to ${url}`);
    this.#become('connecting');
    // Who was told may have had enough.
    if (target !== this.#target) return;
    let opened = false;
    try {
      const listener: SimListener = {
        opened: () => {
          opened = true;
          this.#join();
        },
        heard: (message) => this.#heard(message),
        passed: (by, text) => {
          this.log.message(by, text);
          this.#changed();
        },
        closed: (code, reason) => {
          this.#note(`The socket closed: ${[code, reason].filter(Boolean).join(', ')}`);
          this.#lose({ code: opened ? 'closed' : 'unreachable', message: reason });
        },
      };
      this.#client = new SimClient(url, target.sim, listener, this.token);
    } catch (error) {
      this.#note(String(error));
      this.#lose({ code: 'forbidden', message: String(error) });
    }
  }

  #join(): void {
    this.trouble.signaling = null;
    this.#become('joining');
    this.#client!.join();
    const late: Reason = { code: 'no-answer', message: 'The join was not answered.' };
    this.#socketTimer = setTimer(() => this.#lose(late), joinWithinMs);
  }

  #heard(message: Heard): void {
    switch (message.type) {
      case 'joined':
        clearTimeout(this.#socketTimer);
        this.#pauseMs = retryMs.first;
        this.trouble.signaling = null;
        this.#become('joined');
        // Whoever took the last offer took it from a member that is no more.
        this.#dropOutgoing();
        return void this.#offer();
      case 'answer':
        return void this.#answered(message.description);
      case 'ice-candidate':
        return void this.#outgoing?.candidate(message.candidate);
      case 'error':
        return this.#refused(message.reason);
      case 'notice':
        this.notice = message.reason.message;
        return this.#note(this.notice);
      case 'not-understood':
        return this.#note('That message is not one of this protocol.');
    }
  }

  #refused(reason: Reason): void {
    if (reason.code === 'nobody-to-stream-to') return this.#nobody(reason);
    if (reason.code === 'gateway-lost') return this.#gatewayLost(reason);
    if (this.signaling === 'joined') this.trouble.streaming = reason;
    else this.trouble.signaling = reason;
    // The same token would be refused again.
    if (this.signaling === 'joining' && isAboutInvitation(reason)) this.#rest();
    this.#changed();
  }

  #gatewayLost(reason: Reason): void {
    // Its states would begin another offer before its time.
    this.#dropOutgoing();
    this.#enter('interrupted', this.#gatewayMs);
    this.#gatewayMs = Math.min(this.#gatewayMs * 2, gatewayMs.longest);
    if (!isEnding(this.trouble.streaming)) this.trouble.streaming = reason;
    this.#changed();
  }

  #lose(reason: Reason): void {
    this.#dropSocket();
    if (!this.#target) return;
    // What the server said while it was asked tells more than that it then closed, or kept silent.
    if (this.signaling !== 'joining' || !this.trouble.signaling) this.trouble.signaling = reason;
    this.reconnects++;
    // Many devices of one server must not come back in step.
    const pauseMs = this.#pauseMs * (0.75 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, retryMs.longest);
    this.#socketTimer = setTimer(() => this.#connect(), pauseMs);
    this.#cutOff();
  }

  /** Not joined, until there is a reason to try again. */
  #rest(): void {
    this.#dropSocket();
    this.#cutOff();
  }

  #cutOff(): void {
    // Who is told may stop it: nothing is done after that.
    this.signaling = 'lost';
    // Media that flows goes on; an offer that nobody has answered was made in a room that this page is not in any more.
    if (this.#outgoing?.answered) return this.#changed();
    this.#dropOutgoing();
    this.#enter('off');
  }

  #dropSocket(): void {
    clearTimeout(this.#socketTimer);
    this.#client?.close();
    this.#client = null;
  }

  // The stream.

  async #offer(): Promise<void> {
    if (!this.#target) return;
    if (this.#tracks.size === 0) return this.#offerNothing(nothingToStream);
    let outgoing: Outgoing;
    try {
      outgoing = this.#outgoing ??= this.#create(this.#target);
    } catch (error) {
      const message = `The browser makes no connection: ${String(error)}`;
      this.#note(message);
      return this.#offerNothing({ code: 'browser', message });
    }
    const offer = await outgoing.offer().catch((error: unknown) => this.#note(`No offer: ${String(error)}`));
    if (!offer || outgoing !== this.#outgoing || this.signaling !== 'joined') return;
    this.offers++;
    this.#client!.offer(offer);
    // It stays with what the server said last until an offer has gone without a refusal.
    if (this.streaming === 'nobody')
      this.#wait(() => this.#enter('offered', answerWithinMs), refusalWithinMs);
    else this.#enter('offered', answerWithinMs);
  }

  #offerNothing(reason: Reason): void {
    this.#dropOutgoing();
    this.#enter('off');
    this.trouble.streaming = reason;
    this.#changed();
  }

  /** Offers what there is now. Without signaling there is nobody to offer to; joining offers. */
  #renew(): void {
    if (this.signaling !== 'joined') return;
    this.#dropOutgoing();
    if (this.streaming === 'off' || this.streaming === 'nobody') return void this.#offer();
    // Someone may have taken the last offer. Who leaves and joins is new to them, and nothing is left of what was.
    this.#client!.leave();
    this.#join();
  }

  #create({ stun }: Target): Outgoing {
    const iceServers = stun ? [{ urls: stun }] : [];
    const outgoing: Outgoing = new Outgoing(this.#tracks, iceServers, this.#toGateway, {
      candidate: (candidate) => {
        if (this.signaling === 'joined') this.#client!.candidate(candidate);
      },
      changed: () => this.#follow(outgoing.pc.connectionState),
      ended: () => this.#enter('interrupted', leavingMs),
      failed: (words) => {
        this.trouble.streaming = { code: 'browser', message: words };
        this.#note(words);
      },
    });
    return outgoing;
  }

  async #answered(description: RTCSessionDescriptionInit): Promise<void> {
    if (!this.#outgoing || this.#outgoing.answered)
      return this.#note('This answer is to an offer made before.');
    this.#enter('connecting', connectWithinMs);
    await this.#outgoing.answer(description);
  }

  #nobody(reason: Reason): void {
    // A candidate that came too late for a viewer that has left; the connection's own state will tell.
    if (this.#outgoing?.answered) return this.#changed();
    this.#enter('nobody', offerAgainMs);
    this.trouble.streaming = reason;
    this.#changed();
  }

  #follow(state: RTCPeerConnectionState): void {
    if (state === 'connected') {
      this.#enter('connected');
      this.#wait(() => (this.#gatewayMs = gatewayMs.first), steadyMs);
    } else if (state === 'disconnected') this.#enter('interrupted', graceMs);
    else if (state === 'failed' || state === 'closed') this.#enter('interrupted', 0);
    this.#changed();
  }

  /** Patience that runs out ends in another offer. */
  #enter(streaming: Streaming, patienceMs?: number): void {
    if (this.streaming !== streaming) {
      if (streaming !== 'off') this.#note(`Stream: ${streaming}`);
      if (streaming !== 'interrupted' || !isEnding(this.trouble.streaming)) this.trouble.streaming = null;
    }
    this.streaming = streaming;
    clearTimeout(this.#streamTimer);
    if (patienceMs !== undefined) this.#wait(() => this.#begin(), patienceMs);
    this.#changed();
  }

  #wait(act: () => void, ms: number): void {
    clearTimeout(this.#streamTimer);
    this.#streamTimer = setTimer(act, ms);
  }

  /** An offer that nobody was there for is made again as it is, with the candidates found meanwhile. */
  #begin(): void {
    if (this.streaming !== 'nobody') this.#renew();
    else if (this.signaling === 'joined') void this.#offer();
  }

  #dropOutgoing(): void {
    clearTimeout(this.#streamTimer);
    this.notice = '';
    this.#outgoing?.close();
    this.#outgoing = null;
  }

  #become(signaling: Signaling): void {
    this.signaling = signaling;
    this.#changed();
  }

  #note(words: string): void {
    this.log.add('note', words);
    this.#changed();
  }
}

/** A number in browsers, whatever else setTimeout may return elsewhere. */
const setTimer = (act: () => void, ms: number): number => setTimeout(act, ms) as unknown as number;
