// Serves the rivals' pages and relays between the two tabs that are there: the least server that can do it.

import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const pages = fileURLToPath(new URL('pages', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

const server = createServer(({ url }, response) => {
  const { pathname } = new URL(url, 'http://localhost');
  const file = pathname.startsWith('/modules/')
    ? modules + pathname.slice('/modules'.length)
    : pages + pathname;
  response.setHeader('Content-Type', types[extname(pathname)] ?? 'application/octet-stream');
  createReadStream(file)
    .on('error', () => response.writeHead(404).end())
    .pipe(response);
});

const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  const others = () => [...sockets.clients].filter((other) => other !== socket);
  for (const other of others()) other.send(JSON.stringify({ joined: true }));
  socket.on('message', (data) => others().forEach((other) => other.send(data.toString())));
});

server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
