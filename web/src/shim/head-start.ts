import { openSocket } from './socket.js';

/**
 * What joining begins with, before there is a core to ask: the socket to the host, and a first connection, whose threads
 * take the browser a while to start.
 */
export interface HeadStart {
  socket: WebSocket | null;
  connection: RTCPeerConnection;
}

/**
 * What a page has begun for scripts that were not there yet. Scripts share no modules before they have loaded, so it is
 * left under a name of its own.
 */
interface Begun {
  compiled?: Promise<WebAssembly.Module>;
  joining?: HeadStart;
}

const subprotocol = 'parley.v1';
const begun = ((globalThis as { parleyHeadStart?: Begun }).parleyHeadStart ??= {});

/** Starts to fetch and compile the core's binary; once, whoever asks first. */
export function compile(url: string): Promise<WebAssembly.Module> {
  begun.compiled ??= WebAssembly.compileStreaming(fetch(url, { credentials: 'same-origin' }));
  return begun.compiled;
}

/** For a page that is going to join: the next Room with this address takes over what is begun here. */
export function beginJoining(address: string): void {
  begun.joining = open(address);
}

/** The head start that has begun, or one that begins now. */
export function takeOver(address: string): HeadStart {
  const found = begun.joining;
  if (found?.socket?.url !== address) return open(address);
  delete begun.joining;
  return found;
}

/** Of everybody but clients of other protocols. A connection keeps the policy that it began with. */
const bundlePolicy = 'max-bundle';

function open(address: string): HeadStart {
  return {
    socket: openSocket(address, subprotocol),
    connection: new RTCPeerConnection({ bundlePolicy }),
  };
}

/** The connection that has begun, with this configuration; none, and it is closed, where it has begun otherwise. */
export function startedAs(
  configuration: RTCConfiguration,
  connection: RTCPeerConnection | undefined,
): RTCPeerConnection | undefined {
  // A connection keeps its certificate, too.
  const fits = configuration.bundlePolicy === bundlePolicy && !configuration.certificates;
  if (fits) connection?.setConfiguration(configuration);
  else connection?.close();
  return fits ? connection : undefined;
}
