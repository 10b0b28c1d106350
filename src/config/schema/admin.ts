import { parseAddress } from '../address.ts';
import * as z from '../zod.ts';
import { count, duration, text } from './scalars.ts';
import { secret } from './secret-ref.ts';

const ADDRESS =
  'must be "host:port" (an IPv6 host in brackets), as in "127.0.0.1:8990" or "[::1]:8990", or off';

const adminFields = () =>
  z.strictObject({
    address: z
      .string({ error: ADDRESS })
      .refine((value) => value === 'off' || parseAddress(value) !== undefined, { error: ADDRESS })
      .describe(
        'Where probes, metrics and the status are; use 0.0.0.0:8990 in Kubernetes, where probes come from outside the ' +
          'pod. With off, nowhere; admin: off is the same.',
      )
      .default('127.0.0.1:8990'),
    tls: z
      .strictObject({
        cert: text('Certificate chain, a PEM file.'),
        key: text('Private key of the certificate, a PEM file without a passphrase.'),
        clientCa: text(
          'PEM file of the authorities whose client certificates are let in, in place of a token or beside it.',
        ).optional(),
      })
      .optional()
      .describe('HTTPS for the admin address. Without it, it uses plain HTTP.'),
    token: secret(
      'Everything but /healthz and /readyz asks for it, as in "Authorization: Bearer TOKEN". 16 characters at ' +
        'least. Without it and tls.clientCa, everybody who reaches the address is answered.',
    ).optional(),
    open: z
      .boolean()
      .default(false)
      .describe(
        'Everybody who reaches an address other than loopback may be answered without a token: the network lets in only ' +
          'those who may. Without it, such an address is warned of.',
      ),
    debug: z
      .boolean()
      .default(false)
      .describe(
        'CPU profiles and memory figures at /debug, for those with the token or a client certificate.',
      ),
    connections: count(
      'Connections to it at once. Probes and Prometheus are few; further ones are closed.',
      32,
      10_000,
    ),
    timeout: duration('Time for a request there, and without a byte of its answer being taken.', '10s'),
  });

/** `admin: off`, and the `false` that others mean by it, are short for an address of off. */
const spelledOut = (written: unknown): unknown =>
  written === 'off' || written === false ? { address: 'off' } : written;

export const adminSchema = () =>
  z
    .preprocess(spelledOut, adminFields())
    .prefault({})
    .describe('Address for probes, metrics and the status. Or off.');
