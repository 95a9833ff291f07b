// Somebody who sits in between: a host that gives each of two people its own keys, and passes on what they send.

/** Runs in a page of its own: one connection with each of both. */
function sitInBetween() {
  const gathered = (pc) =>
    new Promise((resolve) => {
      const look = () => pc.iceGatheringState === 'complete' && resolve();
      pc.addEventListener('icegatheringstatechange', look);
      look();
    });
  const connect = () => {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const channel = pc.createDataChannel('parley', { negotiated: true, id: 0, ordered: true });
    // Chromium passes on no sound that nobody plays.
    const ear = new Audio();
    pc.addEventListener('track', ({ track }) => {
      if (track.kind === 'audio')
        Object.assign(ear, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
    });
    return { pc, channel, ear };
  };
  const first = connect();
  const second = connect();
  const opened = ({ channel }) =>
    new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
  const bothOpen = Promise.all([opened(first), opened(second)]);
  const relay = (from, to) => {
    from.channel.onmessage = ({ data }) => bothOpen.then(() => to.channel.send(data));
  };
  relay(first, second);
  relay(second, first);

  window.mallory = {
    /** Takes the first one's offer, and makes one for the second. */
    async offer(sdp) {
      await first.pc.setRemoteDescription({ type: 'offer', sdp });
      for (const line of first.pc.getTransceivers()) {
        line.direction = 'sendrecv';
        second.pc.addTransceiver(line.receiver.track, { direction: 'sendrecv' });
      }
      await second.pc.setLocalDescription();
      await gathered(second.pc);
      return second.pc.localDescription.sdp;
    },
    /** Takes the second one's answer, and makes one for the first. */
    async answer(sdp) {
      await second.pc.setRemoteDescription({ type: 'answer', sdp });
      const lines = second.pc.getTransceivers();
      for (const [index, { sender }] of first.pc.getTransceivers().entries())
        await sender.replaceTrack(lines[index].receiver.track);
      await first.pc.setLocalDescription();
      await gathered(first.pc);
      return first.pc.localDescription.sdp;
    },
    candidate(of, candidate) {
      const { pc } = of === 'first' ? first : second;
      return pc.addIceCandidate(candidate).catch(() => undefined);
    },
    states: () => [first.pc.connectionState, second.pc.connectionState],
  };
}

/**
 * Opens the room's link for two people, the one after the other, over a host that is in between. Returns both tabs, and
 * what asks for the states of the connections with them.
 */
export async function betrayed(stage, firstName, secondName) {
  const { page } = await stage.open('about:blank', { label: 'Mallory' });
  await page.evaluate(sitInBetween);
  const tell = (method, ...args) =>
    page.evaluate(([name, given]) => window.mallory[name](...given), [method, args]);

  /** What goes to the other one, instead of this. */
  async function swap(of, text) {
    const message = JSON.parse(text);
    if (message.type !== 'signal') return text;
    // The other one has another connection, and ignores it.
    if (message.candidate) await tell('candidate', of, message.candidate);
    if (message.description)
      message.description.sdp = await tell(message.description.type, message.description.sdp);
    return JSON.stringify(message);
  }

  async function join(name, of) {
    const tab = await stage.open('about:blank', { label: name });
    await tab.page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer();
      let sent = Promise.resolve();
      socket.onMessage((text) => {
        sent = sent.then(() => swap(of, text)).then((swapped) => server.send(swapped));
      });
    });
    await tab.page.goto(`${stage.host.url}/r/otter?autojoin&name=${name}`);
    await tab.until('joins', ({ signaling }) => signaling === 'joined');
    return tab;
  }

  const tabs = [await join(firstName, 'first'), await join(secondName, 'second')];
  return { tabs, states: () => tell('states') };
}
