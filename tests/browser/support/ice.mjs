// What tests do to connections, and see of them. All of these run in a page.

/** Before its scripts: it connects through TURN servers alone. */
export function connectByRelaysOnly() {
  const policy = { iceTransportPolicy: 'relay' };
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, ...policy });
    }
    setConfiguration(configuration) {
      super.setConfiguration({ ...configuration, ...policy });
    }
  };
}

/** Of what kind both ends of its connection's path are, how it reaches its relay, and in which of its gatherings it was found. */
export async function pathOf() {
  const report = await window.allConnections
    .find(({ connectionState }) => connectionState === 'connected')
    .getStats();
  const transport = [...report.values()].find(({ type }) => type === 'transport');
  const pair = report.get(transport.selectedCandidatePairId);
  const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.get(id));
  return {
    types: ends.map(({ candidateType }) => candidateType),
    protocol: ends[0].relayProtocol,
    ufrag: ends[0].usernameFragment,
  };
}

/** Restarts ICE, and returns when both sides have agreed on it. */
export async function restartIce() {
  const pc = window.allConnections.find(({ connectionState }) => connectionState === 'connected');
  const agreed = () => /^a=ice-ufrag:.*$/m.exec(pc.currentLocalDescription.sdp)[0];
  const before = agreed();
  pc.restartIce();
  while (agreed() === before) {
    await new Promise((resolve) => pc.addEventListener('signalingstatechange', resolve, { once: true }));
  }
}
