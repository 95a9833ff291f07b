// Pages of Chromium that publish again and again, as the SIM document's publishers or by WHIP, to the host they come from.

/** In the page: how a publication begins and ends. */
function prepare() {
  const connected = (connection) =>
    new Promise((resolve, reject) => {
      connection.onconnectionstatechange = () => {
        if (connection.connectionState === 'connected') resolve();
        if (connection.connectionState === 'failed') reject(new Error('the connection has failed'));
      };
    });

  const begin = {
    async sim(connection, sim) {
      const socket = new WebSocket(`ws://${location.host}/${sim}`);
      const send = (message) => socket.send(JSON.stringify(message));
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error('no socket'));
      });
      const answered = new Promise((resolve, reject) => {
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data);
          if (message.type === 'answer') resolve(connection.setRemoteDescription(message.sdp));
          if (message.type === 'error') reject(new Error(data));
        };
      });
      connection.onicecandidate = ({ candidate }) =>
        candidate && send({ type: 'ice-candidate', candidate: candidate.toJSON(), simNumber: sim });
      send({ type: 'offer', sdp: connection.localDescription.toJSON(), simNumber: sim });
      await answered;
      return () =>
        new Promise((resolve) => {
          socket.onclose = resolve;
          send({ type: 'leave' });
          socket.close();
        });
    },

    async whip(connection, sim) {
      const headers = { 'Content-Type': 'application/sdp' };
      const body = connection.localDescription.sdp;
      const response = await fetch(`/whip/${sim}`, { method: 'POST', headers, body });
      const sdp = await response.text();
      if (response.status !== 201) throw new Error(sdp);
      await connection.setRemoteDescription({ type: 'answer', sdp });
      const session = response.headers.get('location');
      return async () => {
        const ended = await fetch(session, { method: 'DELETE' });
        if (ended.status !== 200) throw new Error(await ended.text());
      };
    },
  };

  /** Resolves once it is connected. */
  window.publish = async (kind, sim) => {
    window.media ??= await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 320, height: 240, frameRate: 15 },
    });
    const connection = new RTCPeerConnection();
    for (const track of window.media.getTracks()) {
      const transceiver = connection.addTransceiver(track, {
        direction: 'sendonly',
        streams: [window.media],
      });
      if (track.kind !== 'video') continue;
      const { codecs } = RTCRtpSender.getCapabilities('video');
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/H264'));
    }
    await connection.setLocalDescription();
    const isConnected = connected(connection);
    const end = await begin[kind](connection, sim);
    await isConnected;
    window.unpublish = async () => {
      await end();
      connection.close();
    };
  };
}

export class PublishingPage {
  static async open(browser, url) {
    const opened = new PublishingPage();
    opened.page = await browser.newPage();
    await opened.page.goto(url);
    await opened.page.evaluate(prepare);
    return opened;
  }

  async publish(kind, sim) {
    await this.page.evaluate(([how, where]) => window.publish(how, where), [kind, sim]);
  }

  async unpublish() {
    await this.page.evaluate(() => window.unpublish());
  }
}
