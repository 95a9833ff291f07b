import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { publisherProgram } from '../../hls/publisher.mjs';

const chains = [
  'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 ! vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! publisher.',
  'audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! publisher.',
];

/**
 * A member whose client is GStreamer's webrtcbin as it comes, which knows no BUNDLE, and speaks fastapi. It offers to
 * whoever is here already, and answers whoever comes later.
 */
export class GStreamerMember {
  #processes = new Map();
  #socket;

  constructor({ host, name, room = 'otter' }) {
    const address = `${host.url.replace(/^http/, 'ws')}/webrtc/signaling/${room}/${name}`;
    this.#socket = new WebSocket(address);
    this.entered = new Promise((resolve) => {
      this.#socket.on('message', (data) => {
        const message = JSON.parse(data);
        if (message.type === 'existing_peers') resolve();
        this.#hear(message);
      });
    });
  }

  end() {
    this.#socket.close();
    for (const process of this.#processes.values()) process.kill('SIGKILL');
  }

  #hear({ type, peers, from_peer_id: from, offer, answer, candidate }) {
    if (type === 'existing_peers') for (const peer of peers) this.#start(peer);
    else if (type === 'offer') this.#start(from, 'answers').stdin.write(`${JSON.stringify(offer)}\n`);
    else if (type === 'answer') this.#processes.get(from).stdin.write(`${JSON.stringify(answer)}\n`);
    else if (type === 'ice_candidate')
      this.#processes.get(from)?.stdin.write(`${JSON.stringify(candidate)}\n`);
  }

  #start(peer, ...options) {
    const pipeline = `webrtcbin name=publisher ${chains.join(' ')}`;
    const process = spawn(publisherProgram, [pipeline, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#processes.set(peer, process);
    process.stdin.on('error', () => undefined);
    createInterface({ input: process.stdout }).on('line', (line) => {
      const description = JSON.parse(line);
      const { type } = description;
      this.#socket.send(JSON.stringify({ type, [type]: description, target_peer_id: peer }));
    });
    return process;
  }
}
