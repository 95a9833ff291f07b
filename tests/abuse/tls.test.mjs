import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { makeCertificate } from '../conformance/certificates.mjs';
import { family } from './stage.mjs';

const count = 20_000;
const reloads = 10;
/** They are counted then, however many there were. */
const options = { count, seconds: 60 };
const pause = 300;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The fingerprint of the certificate that is served now. */
function served(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Renews the certificate where it is, and returns when it is served. */
async function renew({ host, certificates }) {
  makeCertificate(certificates, 'a.test');
  const { fingerprint256 } = new X509Certificate(readFileSync(join(certificates, 'a.test.pem')));
  host.kill('SIGHUP');
  while ((await served(host.port)) !== fingerprint256) await sleep(10);
}

const everyOne = ({ completed, failed }) => {
  assert.equal(failed, 0, `${failed} handshakes failed`);
  assert.ok(completed > 0, 'nobody attacked');
};

family('handshakes of TLS without end', {
  tls: true,
  attacks: {
    '20,000 full handshakes delay nobody': { attack: ['tls', 'handshakes'], options, check: everyOne },
    '20,000 that are resumed by tickets delay nobody': {
      attack: ['tls', 'handshakes'],
      options: { ...options, tickets: true },
      check: (report) => {
        everyOne(report);
        assert.ok(report.resumed > 0.9 * report.completed, `${report.resumed} were resumed`);
      },
    },
    'certificates are renewed ten times meanwhile, and nobody is dropped': {
      attack: ['tls', 'handshakes'],
      options: { ...options, tickets: true },
      async during(stage, attackers) {
        let renewed = 0;
        for (; renewed < reloads; ++renewed) {
          await renew(stage);
          await sleep(pause);
        }
        return { renewed, ...(await attackers.over) };
      },
      check: (report) => {
        everyOne(report);
        assert.equal(report.renewed, reloads);
      },
    },
  },
});
