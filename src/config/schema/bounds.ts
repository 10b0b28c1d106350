import {
  CLIENT_LIMITS,
  CLIENT_TIMEOUTS,
  type ClientLimits,
  type ClientTimeouts,
} from '../../listener/bounds.ts';
import { inWords } from '../duration.ts';
import * as z from '../zod.ts';
import { count, duration, size } from './scalars.ts';

const time = (phase: keyof ClientTimeouts, what: string) => duration(what, inWords(CLIENT_TIMEOUTS[phase]));

export const timeoutsSchema = () =>
  z
    .strictObject({
      handshake: time(
        'handshake',
        'Time for the TLS handshake, from the connection on, however the client spreads its bytes. A handshake takes ' +
          'milliseconds; it is not a request yet, so a late one ends without words.',
      ),
      head: time(
        'head',
        'Time for the request line and the headers: from the connection or the end of the handshake on, later from the ' +
          'first byte on, however the client spreads them. Late ones get 400 RequestTimeout.',
      ),
      body: time(
        'body',
        'Time without a byte of a body that the proxy is ready to take. It does not run while the store is slow. Then ' +
          '400 RequestTimeout, as at S3. It is also the time for all that is left of a body once its answer is out.',
      ),
      document: time(
        'document',
        'Time for all of a body that must be here before the store hears of the request: DeleteObjects, ' +
          'CompleteMultipartUpload and RestoreObject where they are rewritten, legal holds, empty bodies in aws-chunked, ' +
          'and of a form its fields and a file of up to 1 MiB. However steadily it drips: then 400 RequestTimeout.',
      ),
      answer: time(
        'answer',
        'Time in which a client takes nothing of an answer that waits for it, as far as the system tells. Then its ' +
          'connection is reset, so that nothing looks whole. Long, since the system of a slow reader takes megabytes ' +
          'ahead, and then nothing until it has read most of them.',
      ),
      keepAlive: time(
        'keepAlive',
        'How long an idle connection is kept. Longer than usual clients and load balancers keep theirs, so that they ' +
          'close first and send nothing into an end.',
      ),
      refusal: time(
        'refusal',
        'How long a connection above limits.connections may take to send the request that is refused. Then it is closed ' +
          'without words.',
      ),
    })
    .prefault({})
    .describe('How long clients may take. A time for the store is in upstream.timeouts.');

const most = (limit: keyof ClientLimits, what: string) => count(what, CLIENT_LIMITS[limit], 1_000_000);

export const limitsSchema = () =>
  z
    .strictObject({
      connections: most(
        'connections',
        'Connections of clients, on all listeners together, of which an idle one over TLS takes about 100 KiB of memory; ' +
          'never more than the process has file descriptors for, with as many left for the store. At the limit the one ' +
          'that has been idle the longest gives way; if none is idle, 503 SlowDown.',
      ),
      requestsPerConnection: most(
        'requestsPerConnection',
        'Requests on one connection that have no answer yet (pipelining, which S3 clients do not use). Above it 503 ' +
          'SlowDown, and the connection ends.',
      ),
      requestsPerClient: most(
        'requestsPerClient',
        'Requests under way of one access key, so that one client leaves room for the others; a slow transfer takes about ' +
          '0.4 MiB. All anonymous requests together are one client, and so are all on listeners with auth: none. Above it ' +
          '503 SlowDown.',
      ),
      copies: most(
        'copies',
        'Copies under way that the proxy does itself, of all clients together: a request without a byte of its own moves ' +
          'gigabytes. Above it 503 SlowDown.',
      ),
      refusals: most(
        'refusals',
        'Connections above limits.connections that are kept to be refused in words at their first request. Never more than ' +
          'an eighth of limits.connections, or 8. Further ones are refused at once over plain HTTP, and closed over TLS.',
      ),
      documents: size(
        'Bytes of lists that are read whole, since they are written again for the client, of all requests together. Writing ' +
          'one takes about five times its size for a moment; the longest list has 8 MiB. Others wait for room.',
        '32MiB',
        ['16MiB', '1024MiB'],
      ),
      clientDocuments: size(
        'Bytes of documents and small forms of clients that are read whole, of all requests together. The longest document ' +
          'has 4 MiB. Others wait for room; while they do, one that comes slowly gives way.',
        '8MiB',
        ['4MiB', '1024MiB'],
      ),
      unsizedBodies: size(
        'Bytes of bodies of unknown length, of all requests together: with obs: true, clients of OBS may send them, and stores ' +
          'of S3 want a length. One of a PutObject is held 5 MiB at a time, and written in parts where it is longer; of ' +
          'UploadPart and others the longest is half of this. Others wait for room.',
        '64MiB',
        ['32MiB', '4096MiB'],
      ),
      documentsWait: duration('How long one of these waits for room before it gets 503 SlowDown.', '10s'),
      documentsSending: duration(
        'How long a list counts that its client does not take. Shorter than timeouts.answer, so that clients that take ' +
          'nothing keep no others from their lists.',
        '60s',
      ),
    })
    .prefault({})
    .describe(
      'How much clients may have at once. Above a limit: 503 SlowDown with Retry-After, which SDKs repeat later.',
    );
