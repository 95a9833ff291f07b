// Certificates for hosts under test.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes NAME.pem and NAME.key in a folder, self-signed, and says how a host is told of them. */
export function makeCertificate(folder, name) {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
      ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)],
    ],
    { stdio: 'pipe' },
  );
  return ['--tls-cert', join(folder, `${name}.pem`), '--tls-key', join(folder, `${name}.key`)];
}
