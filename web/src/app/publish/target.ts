import { isSimNumber, noSimNumber } from '../sim-number.js';
import { preferences } from '../../element/preferences.js';

/** Where a stream goes and under which number, as it was typed. An empty port is the scheme's own. */
export interface Target {
  /** A host's name or address, without scheme and port. */
  server: string;
  socketPort: string;
  httpPort: string;
  /** wss: and https: instead of ws: and http:. */
  secure: boolean;
  sim: string;
  /** A STUN server's URL (RFC 7064), or nothing: this protocol has no message that names one. */
  stun: string;
}

export type Problems = Partial<Record<keyof Target, string>>;

const key = 'publish';

/** The host that served the page, which speaks everything on one port. */
export const ownTarget = (page: Location): Target => ({
  server: page.hostname,
  socketPort: page.port,
  httpPort: page.port,
  secure: page.protocol === 'https:',
  sim: '',
  stun: '',
});

/** Whether it is the host that served the page, which a token is for. */
export function isOwn(target: Target, page: Location): boolean {
  const own = ownTarget(page);
  return (['server', 'socketPort', 'httpPort', 'secure'] as const).every(
    (name) => target[name] === own[name],
  );
}

/** What was used last in this browser; `own` where nothing was. */
export function recallTarget(own: Target): Target {
  try {
    const kept: unknown = JSON.parse(preferences.get(key));
    const fields = Object.entries(own).map(([name, value]) => {
      const found = (kept as Record<string, unknown>)[name];
      return [name, typeof found === typeof value ? found : value];
    });
    return Object.fromEntries(fields) as Target;
  } catch {
    return own;
  }
}

export const rememberTarget = (target: Target): void => preferences.set(key, JSON.stringify(target));

/** What is wrong with it, by field, in words; empty where nothing is. */
export function problemsOf(target: Target): Problems {
  const problems: Problems = {};
  if (!isHost(target.server))
    problems.server = 'Give a name such as parley.example, or an address such as 192.0.2.7.';
  for (const port of ['socketPort', 'httpPort'] as const)
    if (target[port] && !isPort(target[port])) problems[port] = 'A port is a number from 1 to 65535.';
  if (!isSimNumber(target.sim)) problems.sim = noSimNumber;
  if (target.stun && !isStunUrl(target.stun))
    problems.stun = 'Give a URL such as stun:stun.example:3478, or nothing.';
  return problems;
}

/** The signaling address with its SIM: `ws://host:1078/923244219594`. */
export const socketUrl = (target: Target, path = target.sim): string =>
  `${target.secure ? 'wss' : 'ws'}://${place(target, target.socketPort)}/${path}`;

/** What a browser lets no page open: something without encryption, from a page that came with it (W3C Mixed Content). */
export const isMixedContent = (target: Target, page: Location): boolean =>
  page.protocol === 'https:' && !target.secure;

/** The same port, as a web server would be asked. */
export const socketPortUrl = (target: Target): string => http(target, target.socketPort, '/');

/** Where a server with a media gateway has the stream; channels count an offer's video tracks from 1. */
export const playlistUrl = (target: Target, channel = 1): string =>
  http(target, target.httpPort, `/${encodeURIComponent(target.sim || '0')}/${channel}.m3u8`);

/** `host:port`, as a person would name it. */
export const place = ({ server }: Target, port: string): string => host(server) + (port && `:${port}`);

/** Where a tab can watch: only the host that served this page is known to have rooms. */
export function roomUrl(target: Target, page: Location): string | null {
  const own = ownTarget(page);
  const same = (['server', 'socketPort', 'secure'] as const).every((name) => target[name] === own[name]);
  return same && target.sim ? `${page.origin}/r/${encodeURIComponent(target.sim)}` : null;
}

/** The page that plays the stream, likewise. */
export const watchUrl = (target: Target, page: Location): string | null =>
  roomUrl(target, page) && `${page.origin}/watch/${encodeURIComponent(target.sim)}`;

/** The fields that a pasted signaling or stream address fills, such as ws://host:1078/923244219594. */
export function fieldsOf(address: string): Partial<Target> | null {
  const [, scheme] = /^(wss?|https?):\/\//.exec(address.trim()) ?? [];
  if (!scheme || !URL.canParse(address)) return null;
  const url = new URL(address);
  const [, sim] = /^\/(\d+)(\/|$)/.exec(url.pathname) ?? [];
  return {
    server: url.hostname,
    secure: scheme === 'wss' || scheme === 'https',
    ...(scheme.startsWith('ws') ? { socketPort: url.port } : { httpPort: url.port }),
    ...(sim && { sim }),
  };
}

const http = (target: Target, port: string, path: string): string =>
  `${target.secure ? 'https' : 'http'}://${place(target, port)}${path}`;

/** An IPv6 address stands in brackets in a URL (RFC 3986 3.2.2). */
const host = (server: string): string =>
  server.includes(':') && !server.startsWith('[') ? `[${server}]` : server;

const isHost = (text: string): boolean =>
  text !== '' && URL.canParse(`http://${host(text)}/`) && !/[/\\?#@\s]/.test(text);

/** RFC 7064 3.1: what is none, a browser's RTCPeerConnection throws at. */
function isStunUrl(text: string): boolean {
  const [, server, port] = /^stuns?:(\[[^\]]+\]|[^:[\]]+)(?::(.*))?$/.exec(text) ?? [];
  return server !== undefined && isHost(server) && (port === undefined || isPort(port));
}

const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;
