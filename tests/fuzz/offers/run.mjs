// Plays chains of offers to a gateway of their own.
import { Gateway } from '../../hls/gateway.mjs';
import { checkAnswer } from './check_answer.mjs';
import { offerChain } from './offer_chain.mjs';

/** At once: threads of one webrtcbin run while others begin and end. */
const concurrent = 4;
/** A busy machine makes an answer in a fraction of that. */
const patience = 60_000;
/** Those before the latest may have ended the process as well: what they leave is taken apart later. */
const suspects = 3 * concurrent;

export const count = { chains: 0, offers: 0, answers: 0, refusals: 0 };

/** An answer has the numbers of its offer. */
const originOf = (sdp) => /^o=\S+ \d+ (\d+)/m.exec(sdp)?.[1];

/** As `publisher` of a Gateway's stream. */
class ChainPublisher {
  onSignal = () => {};
  #origin;
  #answered = () => {};

  signal({ description }) {
    if (description?.type !== 'answer') return;
    // It may be to an offer that was not waited for.
    if (this.#origin === undefined || originOf(description.sdp) === this.#origin)
      this.#answered(description.sdp);
  }

  /** Resolves with the answer, or with nothing where the offer is refused or the stream ends. */
  async offer(description, stream, ended) {
    const refusals = () => stream.notices.filter(({ code }) => code === 'unsupported-media').length;
    const before = refusals();
    const answer = new Promise((resolve) => (this.#answered = resolve));
    this.#origin = /^o=- \d+ \d+ /m.test(description.sdp) ? originOf(description.sdp) : undefined;
    this.onSignal({ description });
    let timer;
    const refused = new Promise((resolve, reject) => {
      const end = Date.now() + patience;
      timer = setInterval(() => {
        if (refusals() > before || stream.ended || ended()) resolve();
        if (Date.now() > end) reject(new Error('neither an answer nor a refusal'));
      }, 5);
    });
    try {
      return await Promise.race([answer, refused]);
    } finally {
      clearInterval(timer);
    }
  }
}

async function play(seed, gateway, sim, ended) {
  const publisher = new ChainPublisher();
  const stream = await gateway.open(sim, publisher);
  for (const { description, candidate, waits } of offerChain(seed)) {
    if (stream.ended || ended()) break;
    if (candidate) {
      publisher.onSignal({ candidate });
      continue;
    }
    ++count.offers;
    if (!waits) {
      publisher.onSignal({ description });
      continue;
    }
    const answer = await publisher.offer(description, stream, ended);
    if (answer === undefined) {
      ++count.refusals;
      continue;
    }
    ++count.answers;
    // Of an offer whose numbers are broken nobody knows which answer is its own.
    if (originOf(answer) === originOf(description.sdp)) checkAnswer(answer, description.sdp);
  }
  if (!stream.ended && !ended()) await gateway.close(stream);
  ++count.chains;
}

/** Plays these seeds, some at once, until `goesOn` says no or the process ends; resolves with how it went. */
export async function run(seeds, goesOn) {
  const gateway = await Gateway.start(['--grace-ms', '1', '--keep-ms', '1', '--log-level', 'error']);
  let exit;
  const ended = () => exit !== undefined;
  gateway.exited().then((code) => (exit = code));
  const played = [];
  const wrong = [];
  const players = Array.from({ length: concurrent }, async (_, player) => {
    while (!ended() && goesOn()) {
      const { value: seed, done } = seeds.next();
      if (done) return;
      played.push(seed);
      try {
        await play(seed, gateway, String(70_000 + player), ended);
      } catch (error) {
        if (!ended()) wrong.push({ seed, error });
        return;
      }
    }
  });
  await Promise.all(players);
  const crashed = ended() ? exit : undefined;
  const code = await gateway.stop();
  const log = gateway.log.split('\n').slice(-12).join('\n');
  await gateway.remove();
  const how = crashed ?? (code === 0 ? undefined : code);
  return { wrong, how, log, suspected: played.slice(-suspects) };
}
