// PeerJS's own server.

import { PeerServer } from 'peer';

const app = PeerServer({ port: 0, host: '127.0.0.1' }, (server) =>
  console.log(`listening on ${server.address().port}`),
);
app.on('error', () => undefined);
