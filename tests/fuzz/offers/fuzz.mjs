// Feeds chains of generated offers to the real gateway, and says which of them ended its process, or got an answer that is none.
//
//     node tests/fuzz/offers/fuzz.mjs SECONDS [FIRST_SEED]       PARLEY_BUILD: build/release
//     node tests/fuzz/offers/fuzz.mjs --seed N                   one chain alone, with all that it says
//
// The same seed makes the same chain.
import { parseArgs } from 'node:util';
import { offerChain } from './offer_chain.mjs';
import { count, run } from './run.mjs';

/** One after another, alone: which of them ends a process? */
async function guilty(seeds) {
  const found = [];
  for (const seed of seeds) {
    const { how, log } = await run([seed].values(), () => true);
    if (how !== undefined) found.push({ seed, how, log });
  }
  return found;
}

function report({ wrong, how, log }) {
  for (const { seed, error } of wrong) console.error(`seed ${seed}: ${error.message}`);
  if (how !== undefined) console.error(`the process ended (${how}):\n${log}`);
  return wrong.length === 0 && how === undefined;
}

const { values, positionals } = parseArgs({ options: { seed: { type: 'string' } }, allowPositionals: true });
if (values.seed !== undefined) {
  const seed = Number(values.seed);
  for (const { description, candidate } of offerChain(seed))
    console.log(description ? `--- offer\n${description.sdp}` : `--- ${JSON.stringify(candidate)}`);
  process.exit(report(await run([seed].values(), () => true)) ? 0 : 1);
}

const [seconds = 60, first = Date.now() % 2 ** 32] = positionals.map(Number);
const began = Date.now();
const end = began + seconds * 1000;
let next = first;
const seeds = { next: () => ({ value: next++ % 2 ** 32, done: false }) };
let clean = true;
while (Date.now() < end) {
  const outcome = await run(seeds, () => Date.now() < end);
  clean = report(outcome) && clean;
  if (outcome.how === undefined) continue;
  console.error(`the last chains: seeds ${outcome.suspected.join(', ')}`);
  for (const { seed, how } of await guilty(outcome.suspected))
    console.error(
      `seed ${seed} alone ends the process (${how}); again: node tests/fuzz/offers/fuzz.mjs --seed ${seed}`,
    );
}
const took = Math.round((Date.now() - began) / 1000);
console.log(
  `${count.chains} chains of ${count.offers} offers (${count.answers} answered, ${count.refusals} refused) from seed ${first} in ${took} s`,
);
process.exit(clean ? 0 : 1);
