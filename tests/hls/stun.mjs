// STUN servers (RFC 8489), where gateways are: libnice 0.1.21 sends by the interface of its candidates, so nothing of it
// gets to loopback.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

const address = Object.values(networkInterfaces())
  .flat()
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/**
 * A server that ends with the test; `answer` makes the attributes of its answers, without which it is silent. libnice asks
 * as RFC 3489 has it, and keeps its ports open as RFC 8489 has it: `asked` resolves with the next question of the first kind.
 */
export async function stunServer(t, { answer } = {}) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.bind(0, address);
  await once(socket, 'listening');
  let heard = () => undefined;
  socket.on('message', (request, { port, address: from }) => {
    const cookie = 0x2112a442;
    if (request.readUInt16BE(0) !== 0x0001 || request.readUInt32BE(4) === cookie) return;
    heard();
    if (!answer) return;
    const attributes = answer();
    const header = Buffer.from([0x01, 0x01, 0, attributes.length]);
    socket.send(Buffer.concat([header, request.subarray(4, 20), attributes]), port, from);
  });
  return {
    url: `stun:${address}:${socket.address().port}`,
    asked: () => new Promise((resolve) => (heard = resolve)),
  };
}

/** MAPPED-ADDRESS (RFC 8489, section 14.1). */
export function mappedAddress(ip, port) {
  const attribute = Buffer.from([0x00, 0x01, 0, 8, 0, 0x01, 0, 0, ...ip.split('.').map(Number)]);
  attribute.writeUInt16BE(port, 6);
  return attribute;
}
