// What one writes first in Node.js: the `ws` package, a map of rooms, one JSON.parse and one JSON.stringify a message.
//
//     node tests/bench/rivals/node_ws.mjs PORT

import { WebSocketServer } from 'ws';

const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 1024 }, () =>
  console.log('ready'),
);

server.on('connection', (socket) => {
  let room;
  let self;

  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (message.type === 'join') {
      self = message.peer;
      room = rooms.get(message.room);
      if (!room) rooms.set(message.room, (room = new Map()));
      room.set(self, socket);
      socket.send(JSON.stringify({ type: 'joined', self }));
      return;
    }
    const { to, ...rest } = message;
    room?.get(to)?.send(JSON.stringify({ ...rest, from: self }));
  });

  socket.on('close', () => room?.delete(self));
});
