import assert from 'node:assert/strict';
import { largeFile } from './host.mjs';
import { comesTrue, family } from './stage.mjs';

/**
 * Until the host holds no more of them than before, while they hold on: a head or a body has ten seconds, and an answer
 * that nobody reads thirty.
 */
const untilLetGo = (seconds) => async (stage) => {
  const began = performance.now();
  // Beside what it takes to ask for the host's health, and to answer that.
  const letGo = await comesTrue(
    () => stage.host.descriptors() <= stage.warm.descriptors + 8,
    seconds * 1_000,
  );
  return { letGo, descriptors: stage.host.descriptors(), seconds: (performance.now() - began) / 1_000 };
};

const areLetGo = ({ letGo, descriptors }) =>
  assert.ok(letGo, `the host still has ${descriptors} descriptors, while the attackers hold on`);

family('clients that take their time', {
  attacks: {
    '1,500 heads and 1,500 bodies of a byte every four seconds delay nobody, and are let go': {
      attack: ['slow', 'drip'],
      options: { heads: 1_500, bodies: 1_500 },
      during: untilLetGo(16),
      check: areLetGo,
    },
    '3,000 sockets that never speak delay nobody, and are let go': {
      attack: ['slow', 'silent'],
      options: { count: 3_000 },
      during: untilLetGo(16),
      check: areLetGo,
    },
    '1,020 readers of a large file who stop reading delay nobody, and are let go': {
      attack: ['slow', 'readers'],
      options: { count: 1_020, path: largeFile },
      during: untilLetGo(40),
      check: areLetGo,
    },
  },
});
