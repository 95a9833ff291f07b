// Ten thousand users of `calls` register within ten seconds, and all of them are to know of all.

import { judge, median, printTable, whole } from './report.mjs';
import { measure, parley } from './relays.mjs';

const users = 10_000;
const within = 10;
const rounds = 3;
const milliseconds = (micros) => `${(micros / 1000).toFixed(2)} ms`;
const mebibytes = (bytes) => `${whole(bytes / 1024 / 1024)} MiB`;

export async function run() {
  const relay = { ...parley, dialect: 'calls' };
  const measured = [];
  for (let round = 0; round < rounds; ++round)
    measured.push((await measure(relay, users, { 'register-within': within })).registered);
  const figure = (name) => median(measured, (round) => round[name]);
  const longest = Math.max(...measured.map((round) => round.longest));

  console.log(
    `${whole(users)} users connect and register within ${within} s, medians of ${rounds} rounds; who waits, waits from ` +
      `the connect() to the \`registered\`. Everybody's last list is compared: one of 10,000 names, the same for all.\n`,
  );
  printTable(
    ['', ''],
    [
      ['wait, p50', milliseconds(figure('p50'))],
      ['wait, p99', milliseconds(figure('p99'))],
      ['longest wait of all rounds', milliseconds(longest)],
      ['all have the complete list after the last came', `${figure('completeAfter').toFixed(1)} s`],
      ['lists for each user', figure('listsPerUser').toFixed(2)],
      ['all lists together', mebibytes(figure('listBytes'))],
      ['server CPU', `${figure('serverCpuSeconds').toFixed(1)} s`],
      ['resident before', mebibytes(figure('residentBefore'))],
      ['resident at most', mebibytes(figure('peakResident'))],
    ],
  );
  return judge([
    { what: 'the longest wait', atMost: 1, unit: ' s', reached: longest / 1e6 },
    {
      what: 'resident at most, by users',
      atMost: 44,
      unit: ' KiB',
      reached: figure('peakResident') / users / 1024,
    },
  ]);
}
