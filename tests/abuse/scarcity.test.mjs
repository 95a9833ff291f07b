import assert from 'node:assert/strict';
import { family } from './stage.mjs';

const MiB = 1024 * 1024;
const seconds = 5;
const idleShare = 0.5;

family('a host whose descriptors run out', {
  attacks: {
    '500 silent sockets where 100 descriptors are left delay nobody, and keep no processor busy': {
      attack: ['slow', 'silent'],
      options: { count: 500 },
      prepare: ({ host }) => host.leaveDescriptors(100),
      async during({ host }) {
        const before = host.cpuSeconds();
        await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
        return { busy: (host.cpuSeconds() - before) / seconds };
      },
      check: ({ busy }) => assert.ok(busy < idleShare, `the host took ${busy} of a processor`),
    },
  },
});

family('a host whose descriptors run out, and who is refused comes again', {
  attacks: {
    'whoever insists where 100 descriptors are left delays nobody': {
      attack: ['slow', 'insistent'],
      options: { count: 300 },
      prepare: ({ host }) => host.leaveDescriptors(100),
    },
  },
});

family('a host whose memory runs out', {
  attacks: {
    'readers who stop where 64 MiB are left cost nobody else a connection': {
      attack: ['floods', 'stopped'],
      options: { pairs: 100 },
      prepare: ({ host }) => host.leaveMemory(64 * MiB),
    },
    'frames that never end where 64 MiB are left cost nobody else a connection': {
      attack: ['frames', 'unfinished'],
      options: { count: 900 },
    },
  },
});
