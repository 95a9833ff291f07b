// A TURN server: coturn on a free port, with time-limited credentials.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../conformance/certificates.mjs';
import { until } from './gateway.mjs';

/** Where publishers and gateways are, too: they leave loopback out. What is sent there stays on this machine. */
const address =
  Object.values(networkInterfaces())
    .flat()
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';

async function socketOn(port) {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

/** Whether it accepts a connection. */
async function accepts(port) {
  const socket = connect(port, address);
  const found = await new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return found;
}

async function freePort() {
  const socket = await socketOn(0);
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Whether it answers a Binding request (RFC 8489, section 5). */
async function answers(port) {
  const socket = await socketOn(0);
  const heard = new Promise((resolve) => {
    socket.once('message', () => resolve(true));
    setTimeout(() => resolve(false), 100);
  });
  socket.send(
    Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12)]),
    port,
    address,
  );
  const found = await heard;
  socket.close();
  return found;
}

/** How clients reach it (RFC 7065): by which options, and at which address. */
const transports = {
  udp: {
    options: () => ['--no-tls', '--no-dtls', '--no-tcp'],
    uri: (port) => `turn:${address}:${port}?transport=udp`,
    isThere: answers,
  },
  tcp: {
    options: () => ['--no-tls', '--no-dtls', '--no-udp'],
    uri: (port) => `turn:${address}:${port}?transport=tcp`,
    isThere: accepts,
  },
  tls: {
    options: (port, folder) => {
      makeCertificate(folder, 'coturn');
      const files = ['--cert', join(folder, 'coturn.pem'), '--pkey', join(folder, 'coturn.key')];
      return ['--no-dtls', '--no-udp', '--no-tcp', '--tls-listening-port', port, ...files];
    },
    uri: (port) => `turns:${address}:${port}?transport=tcp`,
    isThere: accepts,
  },
};

export class Coturn {
  #transport;
  #process;
  #folder;
  #port;
  #secret = randomBytes(16).toString('hex');
  #kill = () => this.#process.kill('SIGKILL');
  log = '';

  static async start(transport = 'udp') {
    const server = new Coturn();
    server.#transport = transports[transport];
    server.#port = await freePort();
    server.#folder = await mkdtemp(join(tmpdir(), 'parley-coturn-'));
    // Below the ports that the system hands out by itself.
    const lowest = 10_000 + Math.floor(Math.random() * 200) * 100;
    server.#process = spawn(
      'turnserver',
      [
        ...['-n', '--listening-ip', address, '--relay-ip', address],
        ...['--listening-port', server.#port, '--min-port', lowest, '--max-port', lowest + 99],
        ...['--use-auth-secret', '--static-auth-secret', server.#secret, '--realm', 'parley.test'],
        ...['--allow-loopback-peers', '--no-cli'],
        ...server.#transport.options(server.#port, server.#folder),
        ...['--userdb', join(server.#folder, 'users'), '--pidfile', join(server.#folder, 'pid')],
        ...['--log-file', 'stdout', '--simple-log'],
      ].map(String),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    process.once('exit', server.#kill);
    for (const output of [server.#process.stdout, server.#process.stderr])
      output.setEncoding('utf8').on('data', (text) => (server.log += text));
    await until(() => server.#transport.isThere(server.#port), 'coturn answers');
    return server;
  }

  /** What it shares with whoever makes credentials for it. */
  get secret() {
    return this.#secret;
  }

  get uri() {
    return this.#transport.uri(this.#port);
  }

  /** As an RTCIceServer. The name is the second until which it is good, and who it is for. */
  get iceServer() {
    const username = `${Math.floor(Date.now() / 1000) + 3600}:parley`;
    const credential = createHmac('sha1', this.#secret).update(username).digest('base64');
    return { urls: [this.uri], username, credential };
  }

  /** At once, and without a word. */
  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#kill();
      await exited;
    }
    process.off('exit', this.#kill);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
