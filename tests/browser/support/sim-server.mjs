import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/** Runs in the page that stands for the server's media part: answers an offer, and shows what comes. */
async function answer(offer) {
  const pc = new RTCPeerConnection();
  const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
  document.body.replaceChildren(video);
  pc.ontrack = ({ streams }) => (video.srcObject = streams[0]);
  await pc.setRemoteDescription(offer);
  await pc.setLocalDescription();
  window.taken = pc;
  const { type, sdp } = pc.localDescription;
  return { type, sdp };
}

/** Waits for this side's candidates, each of which the server then sends. */
async function candidates() {
  const pc = window.taken;
  const all = [];
  while (pc.iceGatheringState !== 'complete')
    await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', resolve, { once: true }));
  for (const line of pc.localDescription.sdp.matchAll(/^a=(candidate:.*)$/gm))
    all.push({ candidate: line[1], sdpMid: '0', sdpMLineIndex: 0 });
  return all;
}

/**
 * Another server of the document "WebRTC Implementation with SIM Number Support", as somebody else would write it: one
 * port for signaling, another for its streams. A browser's tab takes what is published.
 */
export class SimServer {
  heard = [];
  /** What pages of other sites may read; the document says nothing of it. */
  cors = true;
  /** Instead of an answer, what each offer is told. */
  refusals = [];
  #sockets;
  #http;
  #page;
  #stopped = false;
  #streams = new Set();

  static async start(page) {
    const server = new SimServer();
    server.#page = page;
    server.#sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.#sockets.on('connection', (socket, request) => server.#serve(socket, request.url.slice(1)));
    server.#http = createServer((request, response) => server.#respond(request, response));
    server.#http.listen(0, '127.0.0.1');
    await Promise.all([once(server.#sockets, 'listening'), once(server.#http, 'listening')]);
    return server;
  }

  get socketPort() {
    return String(this.#sockets.address().port);
  }
  get httpPort() {
    return String(this.#http.address().port);
  }

  async stop() {
    this.#stopped = true;
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
  }

  #serve(socket, number) {
    const send = (message) => socket.send(JSON.stringify(message));
    const hear = async (message) => {
      this.heard.push(message);
      if (message.type === 'join') send({ type: 'joined', simNumber: message.simNumber });
      if (this.refusals.length > 0) {
        if (message.type === 'offer') this.refusals.forEach(send);
        return;
      }
      if (message.type === 'offer') {
        send({ type: 'answer', sdp: await this.#page.evaluate(answer, message.sdp) });
        for (const candidate of await this.#page.evaluate(candidates))
          send({ type: 'ice-candidate', candidate });
        this.#streams.add(number);
      }
      if (message.type === 'ice-candidate')
        await this.#page.evaluate((candidate) => window.taken?.addIceCandidate(candidate), message.candidate);
    };
    // What is on its way when a test ends is for nobody any more.
    const fail = (error) => {
      if (!this.#stopped && !this.#page.isClosed()) throw error;
    };
    socket.on('message', (data) => hear(JSON.parse(data)).catch(fail));
    socket.on('close', () => this.#streams.delete(number));
  }

  #respond(request, response) {
    if (this.cors) response.setHeader('Access-Control-Allow-Origin', '*');
    const [, number] = /^\/(\d+)\/1\.m3u8$/.exec(request.url) ?? [];
    if (!this.#streams.has(number)) return response.writeHead(404).end('Not found');
    response.writeHead(200, { 'Content-Type': 'application/vnd.apple.mpegurl' });
    response.end('#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n');
  }
}
