// The process of the attackers: `attacker.mjs FILE NAME`, which attackers.mjs runs.
import { constants, setPriority } from 'node:os';

// Not the least that there is: on a busy machine that would be no attack.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const [file, name] = process.argv.slice(2);
const attacks = await import(`./attacks/${file}.mjs`);
const tell = (event) => (report) => process.connected && process.send({ event, report });

process.on('disconnect', () => process.exit());
process.on('message', async ({ port, options }) => {
  const report = await attacks[name](port, options, tell('underway'));
  tell('over')(report);
});
