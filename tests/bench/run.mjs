// ./dev bench [NAME…]: runs the benchmarks of these names, or all; the exit code says whether every goal was met.

import * as connections from './connections.mjs';
import * as dialects from './dialects.mjs';
import * as files from './files.mjs';
import * as hls from './hls.mjs';
import * as hub from './hub.mjs';
import * as page from './page.mjs';
import * as relay from './relay.mjs';
import * as stalled from './stalled.mjs';
import * as tls from './tls.mjs';
import * as tokens from './tokens.mjs';
import * as users from './users.mjs';
import * as wasm from './wasm_offer.mjs';

const benches = { relay, connections, stalled, tls, hub, dialects, users, tokens, page, wasm, files, hls };
const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in benches));
if (unknown) {
  console.error(`bench: there is no benchmark "${unknown}"; there are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

let allMet = true;
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  console.log(`\n## ${name}\n`);
  allMet = (await benches[name].run()) && allMet;
}
process.exitCode = allMet ? 0 : 1;
