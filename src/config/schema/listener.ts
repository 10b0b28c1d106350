import { parseNetwork } from '../../listener/trusted.ts';
import { parseListenPlace } from '../address.ts';
import * as z from '../zod.ts';
import { choice, text } from './scalars.ts';

const NETWORK = 'must be a network such as "10.0.0.0/8" or "fd00::/8", or one address';

const PLACE =
  'must be "host:port" (an IPv6 host in brackets), as in "127.0.0.1:8443" or "[::1]:8443"; or unix:/PATH; or systemd:NAME';
const MODE = 'must be a mode in quotes, as in "0660"';

export const listenSchema = () =>
  z.strictObject({
    address: z
      .string({ error: PLACE })
      .refine((value) => parseListenPlace(value) !== undefined, { error: PLACE })
      .describe(
        'Address to listen on, as "host:port"; an IPv6 host in brackets. Or unix:/PATH, a unix socket; or systemd:NAME, a socket ' +
          'that systemd has opened, by its FileDescriptorName.',
      ),
    mode: z
      .string({ error: MODE })
      .regex(/^0[0-7]{3}$/, { error: MODE })
      .optional()
      .describe('Who may connect to a unix socket, as the mode of its file. By default "0660".'),
    tls: z
      .strictObject({
        cert: text('Certificate chain, a PEM file.'),
        key: text('Private key of the certificate, a PEM file without a passphrase.'),
        certificates: z
          .array(
            z.strictObject({
              cert: text('A further certificate chain, a PEM file.'),
              key: text('Its private key, a PEM file without a passphrase.'),
            }),
          )
          .default([])
          .describe(
            'More certificates. Clients get the one that has the name that they ask for (SNI), by default the first.',
          ),
        clientCa: text(
          'PEM file with authorities. Clients have to show a certificate that one of them has signed, or they get no connection.',
        ).optional(),
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
    proxyProtocol: z
      .boolean()
      .default(false)
      .describe(
        'Each connection begins with a header of the PROXY protocol, version 1 or 2, in front of TLS, and its client is whom ' +
          'that header names. A connection without one, or from an address that is not in trusted, is closed.',
      ),
    forwardedFor: z
      .boolean()
      .default(false)
      .describe(
        'Reads X-Forwarded-For of requests that come from an address in trusted: the rightmost address in it that is not ' +
          'trusted is the client. Forwarded is not read.',
      ),
    trusted: z
      .array(
        z.string({ error: NETWORK }).refine((value) => parseNetwork(value) !== undefined, { error: NETWORK }),
      )
      .default([])
      .describe(
        'Networks of the load balancers that proxyProtocol and forwardedFor believe, as "10.0.0.0/8" or one address.',
      ),
    admin: z
      .boolean()
      .default(false)
      .describe('With auth: none, the same as clients[].admin for authenticated clients.'),
  });
