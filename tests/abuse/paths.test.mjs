import assert from 'node:assert/strict';
import { family } from './stage.mjs';

family('clients that ask for what is not theirs', {
  attacks: {
    'no address of any kind leads out of where it should': {
      attack: ['paths', 'climb'],
      check({ leaks, unanswered }) {
        assert.deepEqual(leaks, []);
        assert.deepEqual(unanswered, []);
      },
    },
  },
});
