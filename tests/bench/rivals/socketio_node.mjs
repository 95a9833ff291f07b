// The same guide's signaling server by Socket.IO's own implementation, with ws below it.
//
//     node tests/bench/rivals/socketio_node.mjs PORT

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { serveClient: false });
const usersIn = (room) => io.sockets.adapter.rooms.get(room)?.size ?? 0;

io.on('connection', (socket) => {
  socket.on('join_room', (data) => {
    const { room, user_id = socket.id } = typeof data === 'string' ? { room: data } : data;
    socket.data.user_id = user_id;
    socket.join(room);
    socket.emit('room_joined', { room, users: usersIn(room) });
    socket.to(room).emit('user_joined', { user_id, users: usersIn(room) });
  });

  const leave = (room) => {
    socket.leave(room);
    io.to(room).emit('user_left', { user_id: socket.data.user_id, users: usersIn(room) });
  };
  socket.on('leave_room', leave);
  socket.on('disconnecting', () => [...socket.rooms].filter((room) => room !== socket.id).forEach(leave));

  for (const [event, field] of Object.entries({
    offer: 'offer',
    answer: 'answer',
    ice_candidate: 'candidate',
  })) {
    socket.on(event, (data) =>
      socket.to(data.room).emit(event, { [field]: data[field], from: socket.data.user_id }),
    );
  }
});

http.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 1024 });
