import type { PeerStats } from '../../types/parley.js';

interface Totals {
  at: number;
  sent: number;
  received: number;
  packets: number;
  lost: number;
}

/** Reads RTCStatsReports of one peer; a fresh connection starts from zero again. */
export class StatsReader {
  #last: Totals = { at: 0, sent: 0, received: 0, packets: 0, lost: 0 };

  async read(pc: RTCPeerConnection): Promise<PeerStats> {
    const report = await pc.getStats();
    const stats: PeerStats = {
      candidatePair: null,
      roundTripTime: null,
      availableOutgoingBitrate: null,
      sent: 0,
      received: 0,
      packetsLost: 0,
      lossRate: 0,
      audioLevel: 0,
      frameWidth: null,
      frameHeight: null,
      framesPerSecond: null,
    };
    const totals: Totals = { at: performance.now(), sent: 0, received: 0, packets: 0, lost: 0 };
    report.forEach((entry) => {
      if (entry.type === 'transport') {
        totals.sent += entry.bytesSent ?? 0;
        totals.received += entry.bytesReceived ?? 0;
        const pair = report.get(entry.selectedCandidatePairId);
        if (pair) readPair(pair, report, stats);
      } else if (entry.type === 'inbound-rtp') {
        totals.packets += entry.packetsReceived ?? 0;
        totals.lost += entry.packetsLost ?? 0;
        if (entry.kind === 'audio') stats.audioLevel = Math.max(stats.audioLevel, entry.audioLevel ?? 0);
        if (entry.kind === 'video' && entry.frameWidth) {
          stats.frameWidth = entry.frameWidth;
          stats.frameHeight = entry.frameHeight;
          stats.framesPerSecond = entry.framesPerSecond ?? null;
        }
      }
    });
    this.#rate(stats, totals);
    return stats;
  }

  #rate(stats: PeerStats, totals: Totals): void {
    const last = totals.received < this.#last.received ? { ...totals, at: this.#last.at } : this.#last;
    const seconds = (totals.at - last.at) / 1000;
    const packets = totals.packets - last.packets;
    const lost = totals.lost - last.lost;
    stats.sent = Math.max(0, ((totals.sent - last.sent) * 8) / seconds);
    stats.received = Math.max(0, ((totals.received - last.received) * 8) / seconds);
    stats.packetsLost = totals.lost;
    stats.lossRate = lost > 0 ? lost / (packets + lost) : 0;
    this.#last = totals;
  }
}

function readPair(pair: RTCIceCandidatePairStats, report: RTCStatsReport, stats: PeerStats): void {
  const local = report.get(pair.localCandidateId);
  const remote = report.get(pair.remoteCandidateId);
  stats.candidatePair = {
    local: local?.candidateType ?? 'unknown',
    remote: remote?.candidateType ?? 'unknown',
    protocol: local?.protocol ?? 'udp',
  };
  stats.roundTripTime = pair.currentRoundTripTime ?? null;
  stats.availableOutgoingBitrate = pair.availableOutgoingBitrate ?? null;
}
