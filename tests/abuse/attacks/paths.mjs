// Addresses that lead out of where they should, in each family of addresses that the host has.
import { closed, onceEach, open } from './sockets.mjs';

const climbs = [
  '../../../../../../etc/passwd',
  '..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '%252e%252e%252f%252e%252e%252fetc%252fpasswd',
  '..%5c..%5c..%5cetc%5cpasswd',
  '..\\..\\..\\etc\\passwd',
  '....//....//....//etc/passwd',
  '..;/..;/..;/etc/passwd',
  '%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%afetc/passwd',
  '.%00./.%00./etc/passwd',
  '/etc/passwd',
  '%2fetc%2fpasswd',
  './././../secret.txt',
  'secret.txt%00.html',
  '..',
  '.',
];
const places = [
  '/',
  '/r/',
  '/people/',
  '/publish/',
  '/watch/',
  '/assets/',
  '/923244219594/',
  '/923244219594/1.m3u8/',
  '/923244219594/1/',
  '/whip/',
  '/whip/923244219594/',
  '/whep/',
  '/webrtc/',
  '/webrtc/rooms/',
  '/webrtc/rooms/room/peers/',
  '/webrtc/client/',
  '/webrtc/signaling/',
  '/webrtc/signaling/room/',
  '/socket.io/',
  '/ws/',
  '/peerjs/',
  '/healthz/',
  '/api/v1/rooms/',
  'http://elsewhere.example/',
  'file:///',
];
const requests = places.flatMap((place) =>
  climbs.flatMap((climb) => [
    { method: 'GET', path: place + climb },
    { method: 'GET', path: place + climb, upgrade: true },
    { method: 'DELETE', path: place + climb },
  ]),
);

const upgrade =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Of another server: who is asked for it may say nothing. */
const isElsewhere = (path) => /^(http:\/\/elsewhere|file:)/.test(path);

/** The status, or `none`; with what gives it away that the answer is a file from elsewhere. */
async function ask(port, { method, path, upgrade: wantsSocket }) {
  const socket = await open(port);
  if (!socket) return { status: 'none' };
  let text = '';
  const done = new Promise((resolve) => {
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (text.startsWith('HTTP/1.1 101')) resolve();
    });
    closed(socket).then(resolve);
  });
  socket.write(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${wantsSocket ? upgrade : 'Connection: close\r\n\r\n'}`,
  );
  await done;
  socket.destroy();
  return { status: text.slice(9, 12) || 'none', leaks: /root:|TOP SECRET/.test(text) };
}

export async function climb(port, _options, underway) {
  const leaks = [];
  const statuses = {};
  const unanswered = [];
  await onceEach(requests, 8, underway, async (request) => {
    const { status, leaks: leaked } = await ask(port, request);
    statuses[status] = (statuses[status] ?? 0) + 1;
    const what = `${request.method} ${request.path}: ${status}`;
    if (leaked) leaks.push(what);
    if (status.startsWith('5') || (status === 'none' && !isElsewhere(request.path))) unanswered.push(what);
  });
  return { leaks, statuses, unanswered };
}
