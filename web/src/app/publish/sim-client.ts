import type { Reason } from '../../shim/index.js';
import { Socket } from '../../shim/socket.js';

/** What a server of the sim protocol says, once it is understood. */
export type Heard =
  | { type: 'joined' }
  | { type: 'answer'; description: RTCSessionDescriptionInit }
  | { type: 'ice-candidate'; candidate: RTCIceCandidateInit }
  | { type: 'error'; reason: Reason }
  /** Nothing is wrong, but worth knowing: a stream that is transcoded, for instance. */
  | { type: 'notice'; reason: Reason }
  | { type: 'not-understood' };

export interface SimListener {
  opened(): void;
  heard(message: Heard): void;
  /** Each message as it went over the line. */
  passed(by: 'page' | 'server', text: string): void;
  closed(code: number, reason: string): void;
}

/** One connection of a publisher, which has a SIM number: the messages of docs/dialects.md#sim, and no memory of them. */
export class SimClient {
  readonly #sim: string;
  readonly #token: string;
  readonly #socket: Socket;
  readonly #listener: SimListener;

  /** Throws where the browser does not even try: a page that came over https: opens no ws:, and none opens port 22. */
  constructor(url: string, sim: string, listener: SimListener, token = '') {
    this.#sim = sim;
    this.#token = token;
    this.#listener = listener;
    this.#socket = new Socket(new WebSocket(url));
    this.#socket.listen({
      opened: () => listener.opened(),
      message: (text) => {
        listener.passed('server', text);
        listener.heard(understand(text));
      },
      closed: (code, reason) => listener.closed(code, reason),
    });
  }

  join(): void {
    const join = { type: 'join', simNumber: this.#sim, timestamp: Date.now() };
    const token = this.#token;
    if (!token) return this.#send(join);
    // What went over the line is copied into bug reports.
    this.#listener.passed('page', JSON.stringify({ ...join, token: '…' }));
    this.#socket.send(JSON.stringify({ ...join, token }));
  }

  offer({ type, sdp }: RTCSessionDescriptionInit): void {
    this.#send({ type: 'offer', sdp: { type, sdp }, simNumber: this.#sim, timestamp: Date.now() });
  }

  candidate({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidateInit): void {
    this.#send({
      type: 'ice-candidate',
      candidate: { candidate, sdpMid, sdpMLineIndex },
      simNumber: this.#sim,
    });
  }

  leave(): void {
    this.#send({ type: 'leave', simNumber: this.#sim });
  }

  /** Nothing is heard after this. */
  close(): void {
    this.#socket.close(1000, '');
  }

  #send(message: object): void {
    const text = JSON.stringify(message);
    this.#listener.passed('page', text);
    this.#socket.send(text);
  }
}

/** Total: what makes no sense, or is of another protocol, is `not-understood`. */
export function understand(text: string): Heard {
  const message = object(parse(text));
  switch (message.type) {
    case 'joined':
      return { type: 'joined' };
    case 'answer': {
      const { type, sdp } = object(message.sdp);
      if (type === 'answer' && typeof sdp === 'string') return { type: 'answer', description: { type, sdp } };
      break;
    }
    case 'ice-candidate': {
      const { candidate, sdpMid, sdpMLineIndex } = object(message.candidate);
      if (typeof candidate !== 'string') break;
      // An end-of-candidates names no m-line; any other that names none is for the first.
      const nowhere = candidate !== '' && typeof sdpMid !== 'string' && typeof sdpMLineIndex !== 'number';
      return {
        type: 'ice-candidate',
        candidate: {
          candidate,
          ...(typeof sdpMid === 'string' && { sdpMid }),
          ...(typeof sdpMLineIndex === 'number' && { sdpMLineIndex }),
          ...(nowhere && { sdpMLineIndex: 0 }),
        },
      };
    }
    case 'error':
    case 'notice': {
      const { type, code, message: words } = message;
      return { type, reason: { code: string(code) || type, message: string(words) } };
    }
  }
  return { type: 'not-understood' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const string = (value: unknown): string => (typeof value === 'string' ? value : '');
