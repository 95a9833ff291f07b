import assert from 'node:assert/strict';
import * as limits from './limits.mjs';
import { family } from './stage.mjs';

family('clients whose messages are bombs', {
  raise: limits.longMessages,
  attacks: {
    'JSON 100,000 deep, of 100,000 keys, of numbers of a megabyte is answered, in every dialect': {
      attack: ['json', 'bomb'],
      check({ there, ...closed }) {
        assert.ok(there.length > 0);
        // Socket.IO closes on what is no packet; all others go on.
        const unexpected = Object.entries(closed).filter(
          ([code, whats]) =>
            !['1000', '1002'].includes(code) || !whats.every((what) => what.includes('/socket.io/')),
        );
        assert.deepEqual(unexpected, []);
      },
    },
    'names of NUL, bidirectional and control characters are refused, or stay as they are': {
      attack: ['json', 'odd'],
      check({ wrong, answers }) {
        assert.deepEqual(wrong, []);
        // On a fast machine the address joins more often than it may.
        const fair = ['joined', 'bad-field', 'peer-taken', 'address-full', 'too-fast'];
        const unexpected = Object.keys(answers).filter((kind) => !fair.includes(kind));
        assert.deepEqual(unexpected, [], JSON.stringify(answers));
        assert.ok(answers['bad-field'] > 0, 'control characters are refused');
      },
    },
  },
});
