// Offers as one publisher might send them one after another, of any kind: each is the one before with some changes.
import { Random } from './random.mjs';

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
const hexadecimal = [...'0123456789ABCDEF'];
const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive', ''];
const setups = ['actpass', 'actpass', 'actpass', 'active', 'passive', 'holdconn', ''];

const codecs = {
  audio: ['opus/48000/2', 'PCMU/8000', 'opus/48000', 'G722/8000', 'telephone-event/8000'],
  video: ['H264/90000', 'H264/90000', 'VP8/90000', 'VP9/90000', 'AV1/90000', 'ulpfec/90000', 'red/90000'],
};
const parameters = {
  opus: ['minptime=10;useinbandfec=1', 'stereo=1;sprop-stereo=1', '', 'a=b;;=;x'],
  H264: [
    'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    'packetization-mode=0;profile-level-id=42001f',
    'packetization-mode=1;profile-level-id=640c1f;sprop-parameter-sets=Z0LgH9oBQBbpUgAAAwACAAADAGTAgA==,aM4G4g==',
    'profile-level-id=zz;packetization-mode=1',
    '',
  ],
  VP9: ['profile-id=0', 'profile-id=2', ''],
};
const feedback = ['nack', 'nack pli', 'ccm fir', 'transport-cc', 'goog-remb', 'x y z'];

/** Nobody hears what is sent there. */
const ports = [9, 9, 9, 0, 70000, ''];

const credentials = (random) => ({ ufrag: random.text(4, letters), password: random.text(24, letters) });
const fingerprint = (random) =>
  `sha-256 ${Array.from({ length: 32 }, () => random.text(2, hexadecimal)).join(':')}`;

class OfferChain {
  constructor(seed) {
    const random = new Random(seed);
    this.random = random;
    this.version = 0;
    this.nextMid = 0;
    this.ice = credentials(random);
    this.fingerprint = fingerprint(random);
    this.setup = 'actpass';
    this.bundle = random.chance(0.75) ? 'all' : 'none';
    this.direction = '';
    this.atSession = random.chance(0.2);
    this.lines = [];
    for (let lines = 1 + random.below(4); lines > 0; --lines) this.add();
  }

  add() {
    const kind = this.random.pick(['audio', 'video', 'video', 'video', 'audio', 'application']);
    this.lines.push(this.line(this.lines.length === 0 && kind === 'application' ? 'video' : kind));
  }

  line(kind) {
    const { random } = this;
    const line = { kind, mid: this.mid(), port: random.chance(0.15) ? 0 : 9, attributes: [] };
    line.direction = random.chance(0.8) ? 'sendonly' : random.pick(directions);
    line.protocol = kind === 'application' ? 'UDP/DTLS/SCTP' : 'UDP/TLS/RTP/SAVPF';
    line.multiplexed = random.chance(0.95);
    line.ssrcs = Array.from({ length: random.below(4) }, () => 1 + random.below(2 ** 32 - 1));
    line.codecs = kind === 'application' ? [] : this.payloads(kind);
    return line;
  }

  mid() {
    const mid = this.nextMid++;
    return this.random.chance(0.1) ? this.random.pick(['', 'a', 'video', '{x-y}', '0', '1']) : String(mid);
  }

  /** Mostly those that all m-lines of a kind have. */
  payloads(kind) {
    const { random } = this;
    const first = kind === 'audio' ? 100 : 110;
    const count = 1 + random.below(3);
    return Array.from({ length: count }, (_, index) => {
      const map = index === 0 && random.chance(0.7) ? codecs[kind][0] : random.pick(codecs[kind]);
      const name = map.split('/')[0];
      return {
        type: random.chance(0.9) ? first + 2 * codecs[kind].indexOf(map) : random.below(140),
        map,
        parameters: parameters[name] ? random.pick(parameters[name]) : '',
        feedback: feedback.filter(() => random.chance(0.4)),
        retransmission: random.chance(0.4),
      };
    });
  }

  /** What may change from one offer to the next. */
  change() {
    const { random, lines } = this;
    const line = random.pick(lines);
    const other = random.pick(lines);
    const changes = [
      () => this.add(),
      () => (line.port = line.port === 0 ? 9 : 0),
      () => (line.port = 0),
      () => (line.direction = random.pick(directions)),
      () => (line.direction = line.direction === 'sendonly' ? 'inactive' : 'sendonly'),
      () => ([line.mid, other.mid] = [other.mid, line.mid]),
      () => (line.mid = this.mid()),
      () => (line.mid = other.mid),
      () => {
        const [from, to] = [lines.indexOf(line), lines.indexOf(other)];
        [lines[from], lines[to]] = [lines[to], lines[from]];
      },
      () => {
        // A rejected m-line is used again (RFC 8829, section 5.2.2).
        if (line.port !== 0) return void (line.port = 0);
        lines[lines.indexOf(line)] = this.line(random.pick(['audio', 'video']));
      },
      () => (lines[lines.indexOf(line)] = this.line(random.pick(['audio', 'video', 'application']))),
      () => lines.length > 1 && lines.splice(lines.indexOf(line), 1),
      () => line.kind !== 'application' && (line.codecs = this.payloads(line.kind)),
      () => line.codecs.reverse(),
      () => line.codecs.length > 0 && (random.pick(line.codecs).type = 96 + random.below(32)),
      () => (line.ssrcs = [...other.ssrcs, ...line.ssrcs].slice(0, 3)),
      () => ([line.ssrcs, other.ssrcs] = [other.ssrcs, line.ssrcs]),
      () => (line.multiplexed = !line.multiplexed),
      () => (line.own = random.chance(0.5) ? credentials(random) : undefined),
      () => (line.fingerprint = random.chance(0.3) ? fingerprint(random) : undefined),
      () => (line.setup = random.chance(0.5) ? random.pick(setups) : undefined),
      () => (this.ice = credentials(random)),
      () => (this.fingerprint = random.chance(0.3) ? fingerprint(random) : this.fingerprint),
      () => (this.setup = random.pick(setups)),
      () => (this.direction = random.pick(directions)),
      () =>
        (this.bundle = random.pick([
          'all',
          'all',
          'live',
          'none',
          'some',
          'reversed',
          'two',
          'unknown',
          'empty',
        ])),
      () => (this.atSession = !this.atSession),
      () => (line.bundleOnly = !line.bundleOnly),
      () => (line.attributes = this.attributes()),
    ];
    random.pick(changes)();
  }

  attributes() {
    const { random } = this;
    const number = () => random.pick([0, 1, 15, 96, 110, 99999999999, -1, '', '%n%s']);
    const all = [
      () => `a=extmap:${number()} urn:ietf:params:rtp-hdrext:sdes:mid`,
      () => `a=extmap:${number()}/sendonly urn:x a b`,
      () => `a=rid:${random.pick(['h', ''])} send pt=${number()};max-width=1`,
      () => 'a=simulcast:send h;m;l',
      () => `a=ssrc-group:FID ${number()} ${number()}`,
      () => `a=ssrc:${number()} cname:x`,
      () => `a=rtpmap:${number()} ${random.pick(['H264', 'H264/', 'opus/48000/2/3', '/', ''])}`,
      () => `a=fmtp:${number()} ${random.pick(['apt=110', '=', ';;', 'ssrc=1;payload=x', 'a-b=c'])}`,
      () => `a=rtcp-fb:${random.pick(['*', number()])} ${random.pick(feedback)}`,
      () => `a=framesize:${number()} 1-2`,
      () => `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${random.text(40, letters)}`,
      () => 'a=key-mgmt:mikey AAAA',
      () => `a=sctp-port:${number()}`,
      () => `a=max-message-size:${number()}`,
      () => 'a=bundle-only',
      () => 'k=clear:x',
      () => 'b=AS:0',
      () => `a=candidate:1 1 udp 2130706431 127.0.0.1 ${random.pick(ports)} typ host`,
      () => `a=candidate:1 2 tcp 1 ::1 9 typ srflx raddr ${number()} rport x`,
      () => `a=candidate:${random.text(random.below(40), letters)}`,
      () => `a=msid:${random.text(5, letters)} ${random.text(5, letters)}`,
      () => `a=mid:${number()}`,
      () => `a=${random.pick(directions)}`,
      () => `a=${random.text(random.below(600), letters)}`,
    ];
    return Array.from({ length: 1 + random.below(4) }, () => random.pick(all)());
  }

  groups() {
    const mids = this.lines.map(({ mid }) => mid).filter((mid) => mid !== '');
    const live = this.lines.filter(({ port }) => port !== 0).map(({ mid }) => mid);
    const half = mids.filter((_, index) => index % 2 === 0);
    const rest = mids.filter((_, index) => index % 2 === 1);
    const groups = {
      all: [mids],
      live: [live],
      none: [],
      some: [half],
      reversed: [[...mids].reverse()],
      two: [half, rest],
      unknown: [['nobody', ...mids]],
      empty: [[]],
    };
    return groups[this.bundle].map((group) => ['a=group:BUNDLE', ...group].join(' '));
  }

  transport({ ufrag, password }, print, setup) {
    return [
      `a=ice-ufrag:${ufrag}`,
      `a=ice-pwd:${password}`,
      `a=fingerprint:${print}`,
      ...(setup ? [`a=setup:${setup}`] : []),
    ];
  }

  section(line) {
    const types = line.codecs.flatMap(({ type, retransmission }) => [
      type,
      ...(retransmission ? [type + 1] : []),
    ]);
    const formats = line.kind === 'application' ? ['webrtc-datachannel'] : types;
    const overridden = line.own ?? line.fingerprint ?? line.setup;
    return [
      `m=${line.kind} ${line.port} ${line.protocol} ${formats.join(' ')}`,
      'c=IN IP4 0.0.0.0',
      ...(line.mid === '' ? [] : [`a=mid:${line.mid}`]),
      ...(line.direction && line.kind !== 'application' ? [`a=${line.direction}`] : []),
      ...(line.multiplexed && line.kind !== 'application' ? ['a=rtcp-mux'] : []),
      ...(line.bundleOnly ? ['a=bundle-only'] : []),
      ...(this.atSession && overridden === undefined
        ? []
        : this.transport(
            line.own ?? this.ice,
            line.fingerprint ?? this.fingerprint,
            line.setup ?? this.setup,
          )),
      ...line.codecs.flatMap(({ type, map, parameters: format, feedback: wanted, retransmission }) => [
        `a=rtpmap:${type} ${map}`,
        ...(format ? [`a=fmtp:${type} ${format}`] : []),
        ...wanted.map((each) => `a=rtcp-fb:${type} ${each}`),
        ...(retransmission ? [`a=rtpmap:${type + 1} rtx/90000`, `a=fmtp:${type + 1} apt=${type}`] : []),
      ]),
      ...(line.kind === 'application' ? ['a=sctp-port:5000', 'a=max-message-size:262144'] : []),
      ...line.ssrcs.map((ssrc) => `a=ssrc:${ssrc} cname:x`),
      ...line.attributes,
    ];
  }

  sdp() {
    const { random } = this;
    const lines = [
      'v=0',
      `o=- 4611731400430051336 ${++this.version} IN IP4 127.0.0.1`,
      's=-',
      't=0 0',
      ...(random.chance(0.1) ? ['a=group:LS 0 1'] : []),
      ...this.groups(),
      ...(this.direction ? [`a=${this.direction}`] : []),
      ...(this.atSession ? this.transport(this.ice, this.fingerprint, this.setup) : []),
      ...this.lines.flatMap((line) => this.section(line)),
    ];
    // Some of it is broken, in this offer alone.
    for (let broken = random.chance(0.1) ? 1 + random.below(3) : 0; broken > 0; --broken) {
      const index = random.below(lines.length);
      const ways = [
        () => lines.splice(index, 1),
        () => lines.splice(index, 0, random.pick(lines)),
        () => (lines[index] = lines[index].slice(0, random.below(lines[index].length + 1))),
        () => (lines[index] = lines[index].replace(/[ :]/, (character) => character.repeat(random.below(4)))),
        () => (lines[index] += random.text(random.below(20), [...letters, ' ', ';', '=', ',', '/'])),
        () => lines.splice(index, 1, ...this.attributes()),
      ];
      random.pick(ways)();
    }
    return `${lines.join(random.chance(0.05) ? '\n' : '\r\n')}\r\n`;
  }

  /** A candidate for one of the m-lines, or for none. */
  candidate() {
    const { random } = this;
    const mid = random.chance(0.7) ? random.pick(this.lines).mid : random.pick(['', 'nobody', undefined]);
    const text = `candidate:${random.below(9)} ${1 + random.below(2)} ${random.pick(['udp', 'tcp', 'x'])} 1 ${random.pick(['127.0.0.1', '::1', 'x', ''])} ${random.pick(ports)} typ ${random.pick(['host', 'srflx', 'relay', ''])}`;
    return {
      candidate: random.chance(0.9)
        ? text
        : random.pick(['', 'candidate:', 'x', text.slice(0, random.below(30))]),
      sdpMid: mid ?? null,
      sdpMLineIndex: random.pick([null, 0, 1, 7, 65535]),
    };
  }
}

/** The steps of the chain with this seed: `{ description }` or `{ candidate }`, and whether to wait for what comes of it. */
export function* offerChain(seed) {
  const chain = new OfferChain(seed);
  const { random } = chain;
  for (let offers = 2 + random.below(7); offers > 0; --offers) {
    yield { description: { type: 'offer', sdp: chain.sdp() }, waits: random.chance(0.9) };
    for (let candidates = random.chance(0.3) ? random.below(4) : 0; candidates > 0; --candidates)
      yield { candidate: chain.candidate() };
    for (let changes = 1 + random.below(3); changes > 0; --changes) chain.change();
  }
}
