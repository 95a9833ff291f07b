import type { PeerStats } from '../../types/parley.js';

interface Totals {
  at: number;
  sent: number;
  received: number;
  packets: number;
  lost: number;
  /** Of sound: its squared level, times seconds. */
  energy: number;
  seconds: number;
}

/** Chromium makes a report anew after 50 ms. */
const shortestMs = 60;
const nothing: Totals = { at: 0, sent: 0, received: 0, packets: 0, lost: 0, energy: 0, seconds: 0 };

/** Reads RTCStatsReports of one peer; a fresh connection starts from zero again. */
export class StatsReader {
  #last = nothing;
  #latest: PeerStats | null = null;

  async read(pc: RTCPeerConnection): Promise<PeerStats> {
    const report = await pc.getStats();
    // It may be the same report: there is no rate over no time.
    if (this.#latest && performance.now() - this.#last.at < shortestMs) return this.#latest;
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
    const totals = { ...nothing, at: performance.now() };
    // Firefox's transports count no bytes, and older ones are not told of: of those there are only the streams in them,
    // and the pair that it has selected.
    const streams = { sent: 0, received: 0 };
    let pair: RTCIceCandidatePairStats | undefined;
    let counted = false;
    report.forEach((entry) => {
      if (entry.type === 'transport') {
        counted ||= entry.bytesSent !== undefined;
        totals.sent += entry.bytesSent ?? 0;
        totals.received += entry.bytesReceived ?? 0;
        pair ??= report.get(entry.selectedCandidatePairId);
      } else if (entry.type === 'candidate-pair') {
        if (entry.selected) pair ??= entry;
      } else if (entry.type === 'outbound-rtp') {
        streams.sent += (entry.bytesSent ?? 0) + (entry.headerBytesSent ?? 0);
      } else if (entry.type === 'inbound-rtp') {
        streams.received += (entry.bytesReceived ?? 0) + (entry.headerBytesReceived ?? 0);
        totals.packets += entry.packetsReceived ?? 0;
        totals.lost += entry.packetsLost ?? 0;
        totals.energy += entry.totalAudioEnergy ?? 0;
        totals.seconds += entry.totalSamplesDuration ?? 0;
        if (entry.kind === 'video' && entry.frameWidth) {
          stats.frameWidth = entry.frameWidth;
          stats.frameHeight = entry.frameHeight;
          stats.framesPerSecond = entry.framesPerSecond ?? null;
        }
      }
    });
    if (!counted) Object.assign(totals, streams);
    if (pair) readPair(pair, report, stats);
    this.#rate(stats, totals);
    this.#latest = stats;
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
    const energy = totals.energy - last.energy;
    if (energy > 0) stats.audioLevel = Math.sqrt(energy / (totals.seconds - last.seconds));
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
