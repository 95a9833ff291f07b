// A hundred connections stop reading while messages for them keep coming: the others must hardly notice.

import { judge, kibibytes, median, micros, printTable, whole } from './report.mjs';
import { measure, parley } from './relays.mjs';

const talkingPairs = 100;
const stalledPairs = 100;
const rounds = 3;
const seconds = 3;

export async function run() {
  const measured = [];
  for (let round = 0; round < rounds; ++round) {
    measured.push(
      await measure(parley, 2 * (talkingPairs + stalledPairs), {
        pairs: talkingPairs,
        stalled: stalledPairs,
        seconds,
      }),
    );
  }
  const figure = (phase, name) => median(measured, (phases) => phases[phase][name]);
  const phases = { reading: 'all read', filling: 'they have just stopped', stopped: 'they stopped 3 s ago' };

  console.log(
    `${talkingPairs} pairs in ping-pong with 1 KiB offers, beside ${stalledPairs} connections that are sent 16 KiB ` +
      `fifty times a second; medians of ${rounds} rounds of ${seconds} s. The talking pairs' figures:\n`,
  );
  printTable(
    ['', 'msg/s', 'p50', 'p99'],
    Object.entries(phases).map(([phase, words]) => [
      words,
      whole(figure(phase, 'messagesPerSecond')),
      micros(figure(phase, 'p50')),
      micros(figure(phase, 'p99')),
    ]),
  );
  console.log(`\nThe host's memory afterwards: ${kibibytes(figure('closed', 'resident'))}.`);
  const ratio = (phase) => figure(phase, 'p99') / figure('reading', 'p99');
  return judge([
    { what: "the others' p99, of that while all read, at first", atMost: 1.5, reached: ratio('filling') },
    { what: "the others' p99, of that while all read, later", atMost: 1.5, reached: ratio('stopped') },
  ]);
}
