import * as z from 'zod';
import { address, choice, text } from './scalars.ts';

export const ListenSchema = z.strictObject({
  address: address('Address to listen on, as "host:port"; an IPv6 host in brackets.'),
  tls: z
    .strictObject({
      cert: text('Certificate chain, a PEM file.'),
      key: text('Private key of the certificate, a PEM file without a passphrase.'),
    })
    .optional()
    .describe('Certificate and key for HTTPS. Without them the listener uses plain HTTP.'),
  insecure: z
    .boolean()
    .default(false)
    .describe(
      'Allows plain HTTP on an address that is not loopback: anyone on the network path can read the objects.',
    ),
  auth: choice(
    ['sigv4', 'none'],
    'How clients authenticate; none is for loopback only, as for a sidecar.',
  ).default('sigv4'),
  admin: z
    .boolean()
    .default(false)
    .describe('With auth: none, the same as clients[].admin for authenticated clients.'),
});
