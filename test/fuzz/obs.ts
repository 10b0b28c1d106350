import { S3Error } from '../../src/s3/errors.ts';
import { WireHeaders } from '../../src/s3/headers.ts';
import { parseTarget } from '../../src/s3/target.ts';
import { OBS_PARAMETERS } from '../../src/sigv2/signed-parameters.ts';
import { OBS_VECTORS, type ObsVector, type Sent, sentAt, verifyRecorded } from '../obs/vectors.ts';
import { below, edited, pick, type Random } from './random.ts';

/** Whatever is let through with a recorded signature means what was signed: method, place, sub-resources, signed headers. */
export function fuzzObs(random: Random): void {
  const vector = pick(random, OBS_VECTORS);
  const sent = changed(random, vector);
  try {
    verifyRecorded(sent, { now: sentAt(vector) });
  } catch (error) {
    if (error instanceof S3Error) return;
    throw error;
  }
  const [was, is] = [meaning(vector, vector), meaning(sent, vector)];
  if (was !== is) throw new Error(`signed was ${was}, and let through ${is}: ${sent.target}`);
}

function changed(random: Random, { method, target, headers }: ObsVector): Sent {
  switch (below(random, 4)) {
    case 0: {
      const at = below(random, headers.length);
      const [name, value] = headers[at] as readonly [string, string];
      const field =
        below(random, 3) === 0
          ? ([edited(random, name), value] as const)
          : ([name, edited(random, value)] as const);
      return { method, target, headers: headers.toSpliced(at, 1, field) };
    }
    case 1:
      return {
        method,
        target: target + pick(random, ['&', '?']) + edited(random, pick(random, MORE)),
        headers,
      };
    default:
      return { method, target: edited(random, target), headers };
  }
}

const MORE = [
  'acl',
  'versionId=1',
  'uploadId=UP1&partNumber=1',
  'prefix=a',
  'x-obs-acl=public-read',
  'Signature=a',
  'name=a%26acl',
];

/** What the signature has to cover, read from the wire in another way than where it is verified. */
function meaning({ method, target, headers }: Sent, { scheme }: ObsVector): string {
  const prefix = scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
  const fields = new WireHeaders(headers.flat());
  const { query, ...place } = parseTarget(
    target,
    fields.joined('host'),
    ['obs.lab.test'],
    new Map([['files.example.test', 'b0b']]),
  );
  const signed = [...fields.entries()].filter(
    ([name]) => name.startsWith(prefix) || name === 'content-type' || name === 'content-md5',
  );
  const resources = query.parameters.filter(({ name }) => {
    const lower = name.toLowerCase();
    return OBS_PARAMETERS.has(lower) || lower.startsWith(prefix) || name === 'Expires';
  });
  return JSON.stringify([
    method,
    place.shape,
    place.shape === 'service' ? '' : place.bucket,
    place.shape === 'object' ? place.objectKey : '',
    signed.map(([name, values]) => `${name}:${values.map((value) => value.trim()).join(',')}`).toSorted(),
    resources.map(({ name, value }) => `${name}=${value}`).toSorted(),
  ]);
}
