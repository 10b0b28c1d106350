import { z } from 'zod';
import { address, choice, text } from './scalars.ts';

export const ListenSchema = z.strictObject({
  address: address('Where to listen, as "host:port"; an IPv6 host in brackets.'),
  tls: z
    .strictObject({
      cert: text('Certificate chain, a PEM file.'),
      key: text('Private key of the certificate, a PEM file without a passphrase.'),
    })
    .optional()
    .describe('Certificate and key for HTTPS. Without it the listener speaks plain HTTP.'),
  insecure: z
    .boolean()
    .default(false)
    .describe(
      'Allows plain HTTP on an address that is not loopback: whoever can listen in reads the objects.',
    ),
  auth: choice(
    ['sigv4', 'none'],
    'How clients prove who they are; none only on loopback, for a sidecar.',
  ).default('sigv4'),
  admin: z
    .boolean()
    .default(false)
    .describe('With auth: none, what clients[].admin is for clients that have a name.'),
});
