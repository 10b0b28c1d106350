import { failureOf, type StoreFailure } from '../../store-client/answer.ts';
import { wholeOf, wordsOf } from '../ask.ts';
import type { Check, StoreBench } from '../bench.ts';
import { endpointOf } from '../commands.ts';
import type { Finding } from '../finding.ts';

/** Asks for the list of buckets, signed: does the store know the credentials, the region and the time? */
export const account: Check<StoreBench> = {
  name: 'signature',
  needs: 'nothing',
  run: async (bench) => {
    const { upstream, client, clock } = bench;
    const asked = clock();
    const response = await client.send({ method: 'GET' });
    const ofClock = clockFinding(asked, response.headers.date);
    if (response.statusCode === 200) {
      const list = (await wholeOf(response)).toString('utf8');
      if (/<ListBucketResult[\s>]/.test(list)) return [...ofClock, inBucket(upstream)];
      return [...ofClock, taken(upstream.name)];
    }
    const failure = await failureOf(response);
    if (failure.code === 'NoSuchBucket' || failure.code === 'NoSuchKey')
      return [...ofClock, inBucket(upstream)];
    const fault = FAULTS[failure.code];
    if (fault) return [...ofClock, fault(failure, upstream)];
    return [...ofClock, { ...taken(upstream.name), meaning: `buckets are not listed: ${wordsOf(failure)}` }];
  },
};

type Fault = (failure: StoreFailure, upstream: StoreBench['upstream']) => Finding;

const CREDENTIALS: Fault = (failure, { name }) => ({
  grade: 'stop',
  found: `the store does not accept the credentials: ${wordsOf(failure)}`,
  fix: `${name}.credentials: use the access key id and the secret access key of an account that exists at the store`,
});
const SECRET: Fault = (failure, { name }) => ({
  grade: 'stop',
  found: `the store knows the access key but refuses the signature: ${failure.status} ${failure.code}`,
  fix: `${name}.credentials.secretAccessKey: it is the wrong one, or has a line break or a space at its end`,
});
const BLOCKED: Fault = (failure, { name }) => ({
  grade: 'stop',
  found: `the store has blocked the access key after wrong signatures: ${failure.status} ${failure.code}`,
  fix: `${name}.credentials.secretAccessKey: it is the wrong one; with the right one, wait for some minutes and try again`,
});
const REGION: Fault = (failure, { name, region }) => {
  const [, expected] = /expecting '([a-z0-9-]+)'/.exec(failure.message) ?? [];
  return {
    grade: 'stop',
    found: `requests are signed for region ${region}, but the store is in ${expected === undefined ? `another: ${wordsOf(failure)}` : expected}`,
    fix: `${name}.region: ${expected ?? 'the region of the store'}`,
  };
};
const TIME: Fault = (failure) => ({
  grade: 'stop',
  found: `the store says that the clock is wrong: ${failure.status} ${failure.code}`,
  meaning: 'it refuses requests whose time is 15 minutes or more from its own',
  fix: 'timedatectl set-ntp true',
});

/** Refusals of the caller or the signature. Every other refusal shows that the store accepted the signature. */
const FAULTS: Readonly<Record<string, Fault>> = {
  AuthorizationHeaderMalformed: REGION,
  ExpiredToken: CREDENTIALS,
  IncorrectEndpoint: REGION,
  InvalidAccessKeyId: CREDENTIALS,
  InvalidToken: CREDENTIALS,
  RequestExpired: TIME,
  RequestInTheFuture: TIME,
  RequestTimeTooSkewed: TIME,
  SignatureDoesNotMatch: SECRET,
  TooManyWrongSignature: BLOCKED,
};

/** A clock that drifts should be noticed before the store refuses it. */
const FAR_MS = 5 * 60_000;

function clockFinding(now: Date, date: string | undefined): readonly Finding[] {
  const apart = now.getTime() - Date.parse(date ?? '');
  if (Number.isNaN(apart)) return [{ grade: 'note', found: 'the response of the store has no Date' }];
  const minutes = Math.round(Math.abs(apart) / 60_000);
  if (Math.abs(apart) <= FAR_MS)
    return [{ grade: 'fine', found: "this host's clock agrees with the store's" }];
  return [
    {
      grade: minutes >= 15 ? 'stop' : 'warning',
      found: `this host's clock is ${minutes} minutes ${apart > 0 ? 'ahead of' : 'behind'} the store's`,
      meaning: 'stores refuse requests whose time is 15 minutes or more from their own',
      fix: 'timedatectl set-ntp true',
    },
  ];
}

/** The answer to a request for the list of buckets was one about a bucket. */
function inBucket(upstream: StoreBench['upstream']): Finding {
  const { name, basePath } = upstream;
  return {
    grade: 'stop',
    found: `the store takes ${endpointOf(upstream)} for the address of a bucket`,
    meaning: 'the proxy adds the bucket itself, so the endpoint has to be without it',
    fix:
      basePath === ''
        ? `${name}.endpoint: the host without the bucket before it`
        : `${name}.endpoint: the same without ${basePath}`,
  };
}

function taken(name: string): Finding {
  return { grade: 'fine', found: `the store accepts the signature of ${name}.credentials` };
}
