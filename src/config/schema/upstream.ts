import { PROVIDER_NAMES } from '../../s3/providers.ts';
import { OUTAGE_LIMITS } from '../../upstream/outage.ts';
import * as z from '../zod.ts';
import { choice, count, duration, text } from './scalars.ts';
import { credentials } from './secret-ref.ts';

export const upstreamSchema = () =>
  z.strictObject({
    endpoint: text('URL of the S3 store, as in https://s3.eu-central-1.amazonaws.com.'),
    region: z
      .string()
      .regex(/^[a-z0-9-]+$/, {
        error: 'must be a region such as "eu-central-1" (lower-case letters, digits and -)',
      })
      .describe('Region that requests to the store are signed for.'),
    provider: choice(PROVIDER_NAMES, 'Which store it is; generic assumes the least.').default('generic'),
    dialect: choice(
      ['s3', 'obs', 'google'],
      'How the proxy speaks to the store: s3, or obs, which has headers and signatures of its own. By default obs with ' +
        'provider: obs at one of the hosts of Huawei Cloud or Open Telekom Cloud, s3 elsewhere. google is the XML API of ' +
        'Google Cloud Storage, with provider: generic; it is unverified, written after the documents alone.',
    ).optional(),
    addressing: choice(
      ['path', 'virtual'],
      'Whether the bucket goes into the path or the host name; by default as the provider needs it.',
    ).optional(),
    etag: choice(
      ['auto', 'mark', 'passthrough'],
      'Whether ETags of encrypted objects get a suffix (-0), because they are not MD5s; auto: as the provider needs it.',
    ).default('auto'),
    signer: choice(
      ['own', 'aws4'],
      'Which code signs requests to the store: the proxy’s own, or the package aws4, which takes more than twice as ' +
        'long. The signatures are the same.',
    ).default('own'),
    ca: text('PEM file of the certificate authorities to trust instead of the system’s.').optional(),
    insecure: z
      .boolean()
      .default(false)
      .describe(
        'Allows an http:// endpoint: SSE-C keys then cross the network in clear text. It never turns off certificate checks.',
      ),
    credentials: z.strictObject(credentials()).describe('The credentials that sign requests to the store.'),
    transport: choice(
      ['direct', 'http-proxy'],
      'What carries requests to the store: the transport of the proxy’s own, or http-proxy on the HTTP client of Node.',
    ).default('direct'),
    timeouts: z
      .strictObject({
        connect: duration('Time to connect to the store: name resolution, TCP and TLS together.', '5s'),
        headers: duration(
          'Time from the last byte that the store takes of a request to the last byte of the headers of its response.',
          '120s',
        ),
        idle: duration(
          'Time in which the store takes no byte of a request, or sends no byte of a response. Time in which ' +
            'the client is waited for does not count.',
          '60s',
        ),
        document: duration(
          'Time for a document that the proxy reads whole, such as an error or a list, from its headers to its end; of a ' +
            'late result, from its first element on.',
          '60s',
        ),
        late: duration(
          'Time in which the store may work on a copy or a CompleteMultipartUpload that it has answered with 200 already, as ' +
            'long as its white space comes (idle). Longer than stores take for 10,000 parts.',
          '1h',
        ),
        keepAlive: duration(
          'How long an idle connection is kept; it must be shorter than at the store.',
          '4s',
        ),
      })
      .prefault({})
      .describe('Timeouts for the store.'),
    limits: z
      .strictObject({
        connections: count(
          'Most connections to the store at once, idle ones included. More than limits.requestsPerClient, so that one ' +
            'client leaves some to the others.',
          384,
          100_000,
        ),
        queue: count(
          'Most requests that wait for a connection when all are in use; further ones get 503 SlowDown at once.',
          256,
          100_000,
        ),
        wait: duration('How long a request waits for a connection before it gets 503 SlowDown.', '2s'),
      })
      .prefault({})
      .describe('How much of the store is used at once. A connection takes about 100 KiB of memory.'),
    outage: z
      .strictObject({
        failures: count(
          'From so many failures to connect in a row on, the store is left alone: requests get 503 SlowDown at once, in ' +
            'place of a wait for timeouts.connect each.',
          OUTAGE_LIMITS.failures,
          1000,
        ),
        pause: duration(
          'For how long at first. Then one request tries the store while the others are refused; each further failure ' +
            'doubles the time.',
          `${OUTAGE_LIMITS.pause / 1000}s`,
        ),
        longestPause: duration('The longest that it is left alone.', `${OUTAGE_LIMITS.longestPause / 1000}s`),
      })
      .prefault({})
      .describe('When the store is left alone, since it cannot be reached.'),
  });
