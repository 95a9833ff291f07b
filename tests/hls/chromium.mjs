// A publisher that is Chromium, with its fake camera and microphone.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { launch } from '../browser/support/browser.mjs';

let browser;
let server;

/** In the page: sends what `constraints` gives, with the codecs asked for first. */
async function publish({ constraints, codec }) {
  const media = await navigator.mediaDevices.getUserMedia(constraints);
  const connection = (window.connection = new RTCPeerConnection());
  connection.onicecandidate = ({ candidate }) =>
    candidate && window.signal({ candidate: candidate.toJSON() });
  for (const track of media.getTracks()) {
    const transceiver = connection.addTransceiver(track, { direction: 'sendonly', streams: [media] });
    if (track.kind === 'video' && codec) {
      const { codecs } = RTCRtpSender.getCapabilities('video');
      const wanted = (each) => each.mimeType === `video/${codec}` || each.mimeType === 'video/rtx';
      transceiver.setCodecPreferences(codecs.filter(wanted));
    }
  }
  await connection.setLocalDescription();
  await window.signal({ description: connection.localDescription.toJSON() });
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
    return publisher;
  }

  static async closeAll() {
    await browser?.close();
    server?.close();
  }

  /** Begins to publish; `codec` is H264, VP8 or VP9. */
  async offer({
    constraints = { audio: true, video: { width: 640, height: 480, frameRate: 30 } },
    codec,
  } = {}) {
    await this.page.evaluate(publish, { constraints, codec });
  }

  signal({ description, candidate }) {
    this.page
      .evaluate(
        ([answer, found]) =>
          answer ? window.connection.setRemoteDescription(answer) : window.connection.addIceCandidate(found),
        [description ?? null, candidate ?? null],
      )
      .catch(() => undefined); // the page is closed
  }

  /** Has the camera or the microphone ("video", "audio") send, or not, without a new offer. */
  async send(kind, on) {
    await this.page.evaluate(
      async ([wanted, sending]) => {
        window.tracks ??= new Map(window.connection.getSenders().map(({ track }) => [track.kind, track]));
        const index = [...window.tracks.keys()].indexOf(wanted);
        await window.connection.getSenders()[index].replaceTrack(sending ? window.tracks.get(wanted) : null);
      },
      [kind, on],
    );
  }

  async end() {
    await this.page.close();
  }
}
