import { Socket } from './socket.js';
import './wasm.js';

const subprotocol = 'parley.v1';

/**
 * What joining begins with, before there is a core to ask: the socket to the host, and a first connection, whose threads
 * take the browser a while to start.
 */
export class HeadStart {
  socket: Socket;
  connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });

  constructor(address: string) {
    this.socket = new Socket(address, subprotocol);
  }
}

const begun = new Map<string, HeadStart>();

/** For a page that is going to join: the next Room with this address takes over what is begun here. */
export function begin(address = hostAddress()): void {
  if (!begun.has(address)) begun.set(address, new HeadStart(address));
}

/** The head start that has begun, or one that begins now. */
export function take(address: string): HeadStart {
  const found = begun.get(address);
  begun.delete(address);
  return found ?? new HeadStart(address);
}

/** A host's WebSocket, by default where this module came from. `http:` and `https:` are taken, too. */
export function hostAddress(url: string | URL = new URL('/ws', import.meta.url)): string {
  const absolute = new URL(url, document.baseURI);
  absolute.protocol = absolute.protocol.replace(/^http/, 'ws');
  return absolute.href;
}
