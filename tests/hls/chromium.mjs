// A publisher that is Chromium, with its fake camera and microphone.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { launch } from '../browser/support/browser.mjs';

let browser;
let server;

/** In the page: a connection, and what is done with it. */
function publishing() {
  let connection;

  /** Sends what `constraints` gives, with the codec asked for. */
  async function add(constraints, codec) {
    const media = await navigator.mediaDevices.getUserMedia(constraints);
    for (const track of media.getTracks()) {
      keepSize(track);
      const transceiver = connection.addTransceiver(track, { direction: 'sendonly', streams: [media] });
      if (track.kind === 'video' && codec) {
        const { codecs } = RTCRtpSender.getCapabilities('video');
        const wanted = (each) => each.mimeType === `video/${codec}` || each.mimeType === 'video/rtx';
        transceiver.setCodecPreferences(codecs.filter(wanted));
      }
    }
  }

  /** Otherwise it may send a smaller picture while it learns what the network carries. */
  const keepSize = (track) => (track.contentHint = track.kind === 'video' ? 'detail' : '');

  async function offer() {
    await connection.setLocalDescription();
    await window.signal({ description: connection.localDescription.toJSON() });
  }

  /** Those of a kind, in the order in which they were added. */
  const transceiversOf = (kind) =>
    connection.getTransceivers().filter(({ receiver }) => receiver.track.kind === kind);

  window.publishing = {
    async begin({ constraints, codec, configuration }) {
      connection = new RTCPeerConnection(configuration);
      connection.onicecandidate = ({ candidate }) =>
        candidate && window.signal({ candidate: candidate.toJSON() });
      await add(constraints, codec);
      await offer();
    },
    async add({ constraints, codec }) {
      await add(constraints, codec);
      await offer();
    },
    async stop(kind) {
      transceiversOf(kind)[0].stop();
      await offer();
    },
    async remove(kind) {
      connection.removeTrack(transceiversOf(kind)[0].sender);
      await offer();
    },
    async replace({ kind, constraints }) {
      const media = constraints && (await navigator.mediaDevices.getUserMedia(constraints));
      media?.getTracks().forEach(keepSize);
      await transceiversOf(kind)[0].sender.replaceTrack(media?.getTracks()[0] ?? null);
    },
    async restartIce(configuration) {
      if (configuration) connection.setConfiguration(configuration);
      connection.restartIce();
      await offer();
    },
    take: ({ description, candidate }) =>
      description ? connection.setRemoteDescription(description) : connection.addIceCandidate(candidate),
  };
}

export class ChromiumPublisher {
  onSignal = () => {};

  static async open() {
    server ??= createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html>'),
    );
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    browser ??= await launch();
    const publisher = new ChromiumPublisher();
    publisher.page = await browser.newPage();
    await publisher.page.goto(`http://localhost:${server.address().port}/`);
    await publisher.page.exposeFunction('signal', (signal) => publisher.onSignal(signal));
    await publisher.page.evaluate(publishing);
    return publisher;
  }

  static async closeAll() {
    await browser?.close();
    server?.close();
  }

  #do(what, how) {
    return this.page.evaluate(([name, argument]) => window.publishing[name](argument), [what, how]);
  }

  /** Begins to publish; `codec` is H264, VP8 or VP9, `configuration` that of its RTCPeerConnection. */
  async offer({
    constraints = { audio: true, video: { width: 640, height: 480, frameRate: 30 } },
    codec,
    configuration,
  } = {}) {
    await this.#do('begin', { constraints, codec, configuration });
  }

  signal({ description, candidate }) {
    this.#do('take', { description, candidate }).catch((error) => this.errors.push(error.message));
  }

  errors = [];

  // Renegotiation: each of these offers again.

  async add(constraints, codec) {
    await this.#do('add', { constraints, codec });
  }

  /** Stops the first transceiver of this kind. */
  async stop(kind) {
    await this.#do('stop', kind);
  }

  /** Its m-line stays, and sends nothing. */
  async remove(kind) {
    await this.#do('remove', kind);
  }

  /** `configuration` is in force from then on. */
  async restartIce(configuration) {
    await this.#do('restartIce', configuration);
  }

  /** Has the first transceiver of this kind send something else, or nothing, without a new offer. */
  async replace(kind, constraints) {
    await this.#do('replace', { kind, constraints });
  }

  async end() {
    await this.page.close();
  }
}
