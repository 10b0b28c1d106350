import type { CertAsked } from '../cert.ts';
import type { CommandSpec } from '../command.ts';
import { FILE, TEXT, wholeNumber } from '../values.ts';

export const CERT: CommandSpec<CertAsked> = {
  name: 'cert',
  summary: 'make a self-signed certificate for a listener, and its private key',
  description:
    'Writes a new private key, which only its owner can read, and a self-signed certificate for it. The listener serves with both (tls: { cert, key }), and clients trust the certificate (AWS_CA_BUNDLE, --cacert). The key signs nothing else, so that a client that trusts the certificate trusts these names alone.',
  arguments: [
    {
      name: 'names',
      description: 'host names and IP addresses that clients use; by default localhost, 127.0.0.1 and ::1',
      value: TEXT,
      amount: 'any',
    },
  ],
  options: [
    {
      flag: '--days',
      description: 'how long it is valid, 1 to 3650',
      value: { ...wholeNumber(1, 3650), name: 'n' },
      default: 365,
    },
    {
      flag: '--cert',
      description: 'where the certificate goes',
      value: { ...FILE, name: 'file' },
      default: 'tls.crt',
    },
    {
      flag: '--key',
      description: 'where the private key goes',
      value: { ...FILE, name: 'file' },
      default: 'tls.key',
    },
    { flag: '--force', description: 'replace files that exist' },
  ],
  examples: [
    { does: 'for clients on this machine', line: 'ssec-proxy cert' },
    { does: 'for clients on a network', line: 'ssec-proxy cert s3.example.org 192.0.2.7 --days 90' },
  ],
  exitCodes: { 0: 'both were written', 1: 'they could not be written', 2: 'wrong command line' },
  action: async () => (await import('../cert.ts')).cert,
};
