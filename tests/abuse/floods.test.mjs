import assert from 'node:assert/strict';
import { family } from './stage.mjs';

const came = ({ connections }) => assert.ok(connections > 0, 'nobody attacked');

family('clients that do without end what a client may do', {
  attacks: {
    'a flood of joins and leaves delays nobody': { attack: ['floods', 'joins'], check: came },
    'a flood of rooms delays nobody': { attack: ['floods', 'rooms'], check: came },
    'a flood of registrations delays nobody': { attack: ['floods', 'registrations'], check: came },
    'a flood of rings delays nobody': { attack: ['floods', 'rings'], check: came },
    'members who stop reading delay nobody, whatever they are sent': {
      attack: ['floods', 'stopped'],
      check: ({ sent }) => assert.ok(sent > 0, 'nobody attacked'),
    },
  },
});
