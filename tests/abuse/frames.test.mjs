import assert from 'node:assert/strict';
import { family } from './stage.mjs';

/** Every connection ended with a close code, and with one of these. */
const onlyCodes =
  (...expected) =>
  ({ rounds, codes }) => {
    assert.ok(rounds > 0, 'nobody attacked');
    assert.deepEqual(
      Object.keys(codes).filter((code) => !expected.includes(Number(code))),
      [],
      `closed with ${JSON.stringify(codes)}`,
    );
  };

family('clients that send broken frames', {
  attacks: {
    'frames that announce 1 GiB are refused before they cost anything': {
      attack: ['frames', 'announced'],
      check: onlyCodes(1009),
    },
    'messages of 10,000 fragments of one byte are refused': {
      attack: ['frames', 'fragments'],
      check: onlyCodes(1008),
    },
    'bad UTF-8, reserved bits and opcodes, and unmasked frames are refused': {
      attack: ['frames', 'malformed'],
      check: onlyCodes(1002, 1007),
    },
    'pings and pongs without end are refused': {
      attack: ['frames', 'control'],
      check: onlyCodes(1008),
    },
    '300 frames that never end cost no more than their bytes': {
      attack: ['frames', 'unfinished'],
    },
  },
});
