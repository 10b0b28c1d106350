import t, { type Test } from 'tap';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import { type Ask, ask, type Front, SSEC_KEY, startFront } from '../../adversary/support.ts';
import { eventually } from '../../e2e/wire.ts';
import { clientOf } from '../../support/audit-stand.ts';
import { type AwsStub, HERE, type Manner, type Seen, startAwsStub, THERE } from '../../support/aws-stub.ts';

const HOST = { [HERE]: `s3.${HERE}.amazonaws.com`, [THERE]: `s3.${THERE}.amazonaws.com` };

interface Stand {
  readonly aws: AwsStub;
  readonly front: Front;
  readonly get: (target: string, more?: Partial<Ask>) => ReturnType<typeof ask>;
  /** What reached the store since the last call: `GET eu-west-1 /secret/a`. */
  readonly came: () => string[];
}

/** A proxy with the endpoint of one region, and buckets in two. */
async function stand(
  t: Test,
  hostname = HOST[HERE],
  rules?: Parameters<typeof startFront>[1]['rules'],
): Promise<Stand> {
  const aws = await startAwsStub(t);
  for (const bucket of ['secret', 'plain']) aws.buckets.set(bucket, THERE);
  aws.buckets.set('other', HERE);
  const { port, ca, lookup } = aws;
  const upstream = { protocol: 'https:' as const, hostname, ca, region: HERE };
  const front = await startFront(t, { port, lookup, upstream, rules });
  return {
    aws,
    front,
    get: (target, more = {}) => ask(t, front.port, { method: 'GET', target, ...more }),
    came: () => aws.seen.splice(0).map(lineOf),
  };
}

function lineOf({ method, host, region, path }: Seen): string {
  const [, at = 'the world'] = /^s3\.([^.]+)\.amazonaws/.exec(host) ?? [];
  return at === region || at === 'the world' ? `${method} ${at} ${path}` : `${method} ${at} as of ${region}`;
}

const MANNERS: readonly Manner[] = ['moved', 'new', 'malformed', 'mute'];

for (const manner of MANNERS) {
  t.test(`a bucket of another region is read and written there, and is told of as "${manner}"`, async (t) => {
    const { aws, front, get, came } = await stand(t);
    aws.manner = manner;
    const first = await get('/secret/a');
    t.match(first, { status: 200, body: 'content' });
    t.notMatch(first.text, new RegExp(`${THERE}|amazonaws`));
    const asked = manner === 'mute' ? ['HEAD us-east-1 /secret'] : [];
    t.strictSame(came(), ['GET us-east-1 /secret/a', ...asked, 'GET eu-west-1 /secret/a']);
    t.match(await get('/secret/b', { method: 'HEAD' }), { status: 200 });
    t.match(await get('/secret/c', { method: 'PUT', body: 'plaintext' }), { status: 200 });
    t.match(await get('/secret?list-type=2'), { status: 200 });
    t.strictSame(
      came(),
      ['HEAD eu-west-1 /secret/b', 'PUT eu-west-1 /secret/c', 'GET eu-west-1 /secret?list-type=2'],
      'it is remembered',
    );
    t.equal(
      front.log.some(({ cause }) => cause !== undefined),
      false,
      'and nothing to complain of',
    );
  });

  t.test(
    `the first write with a body asks for the bucket before, and sends it once ("${manner}")`,
    async (t) => {
      const { aws, get, came } = await stand(t);
      aws.manner = manner;
      t.match(await get('/secret/a', { method: 'PUT', body: 'one' }), { status: 200 });
      const put = aws.seen.find(({ method }) => method === 'PUT');
      t.match(put, { body: 'one', ssecKey: true });
      t.strictSame(came(), ['HEAD us-east-1 /secret', 'PUT eu-west-1 /secret/a']);
      t.match(await get('/secret/b', { method: 'PUT', body: 'two' }), { status: 200 });
      t.strictSame(came(), ['PUT eu-west-1 /secret/b']);
    },
  );

  t.test(`a HEAD that tells nothing but its status is understood ("${manner}")`, async (t) => {
    const { aws, get } = await stand(t);
    aws.manner = manner;
    t.match(await get('/secret/a', { method: 'HEAD' }), { status: 200 });
    t.equal(aws.seen.at(-1)?.ssecKey, true);
  });
}

t.test(
  'a bucket of the same region costs one request more before its first body, if it was not read',
  async (t) => {
    const { get, came } = await stand(t);
    t.match(await get('/other/a', { method: 'PUT', body: 'one' }), { status: 200 });
    t.strictSame(came(), ['HEAD us-east-1 /other', 'PUT us-east-1 /other/a']);
    t.match(await get('/other/b', { method: 'PUT', body: 'two' }), { status: 200 });
    t.strictSame(came(), ['PUT us-east-1 /other/b']);
    const { get: other, came: since } = await stand(t);
    await other('/other/a');
    await other('/other/b', { method: 'PUT', body: 'x' });
    t.strictSame(since(), ['GET us-east-1 /other/a', 'PUT us-east-1 /other/b']);
  },
);

t.test(
  'a bucket that moved is found again: a body is not sent twice, but the next one arrives',
  async (t) => {
    const { aws, front, get, came } = await stand(t);
    await get('/secret/a');
    aws.buckets.set('secret', HERE);
    came();
    const refused = await get('/secret/a', { method: 'PUT', body: 'one' });
    t.match(refused, { status: 503, code: 'ServiceUnavailable' });
    await eventually(() => front.log.length === 2);
    t.match(front.log.at(-1)?.cause, /redirected with 301.*it is in us-east-1/);
    t.match(await get('/secret/a', { method: 'PUT', body: 'one' }), { status: 200 });
    t.strictSame(came(), ['PUT eu-west-1 /secret/a', 'PUT us-east-1 /secret/a']);
    aws.buckets.set('secret', THERE);
    t.match(await get('/secret/a'), { status: 200 });
    t.strictSame(came(), ['GET us-east-1 /secret/a', 'GET eu-west-1 /secret/a']);
  },
);

t.test('a bucket that is not there may come to be anywhere', async (t) => {
  const { aws, get, came } = await stand(t);
  aws.buckets.delete('secret');
  t.match(await get('/secret/a', { method: 'PUT', body: 'one' }), { status: 404, code: 'NoSuchBucket' });
  aws.buckets.set('secret', THERE);
  came();
  t.match(await get('/secret/a', { method: 'PUT', body: 'one' }), { status: 200 });
  t.strictSame(came(), ['HEAD us-east-1 /secret', 'PUT eu-west-1 /secret/a']);
  aws.buckets.delete('secret');
  t.match(await get('/secret', { method: 'PUT' }), { status: 200 });
  t.strictSame(came(), ['PUT us-east-1 /secret'], 'it is made where the config says');
});

t.test('clients get to know the true region of a bucket', async (t) => {
  const { get, came } = await stand(t);
  const regionOf = async (bucket: string): Promise<string | undefined> =>
    /<LocationConstraint [^>]*>(.*)<\/LocationConstraint>$/.exec(
      (await get(`/${bucket}?location=`)).body,
    )?.[1];
  t.equal(await regionOf('secret'), THERE);
  t.equal(await regionOf('other'), '', 'that is us-east-1');
  came();
  t.match(await get('/secret/a', { method: 'PUT', body: 'x' }), { status: 200 });
  t.match(came().at(-1), 'PUT eu-west-1', 'and what any region answers is no proof of where a bucket is');
});

t.test('the global endpoint leads to every region too', async (t) => {
  const { get, came } = await stand(t, 's3.amazonaws.com');
  t.match(await get('/secret/a'), { status: 200, body: 'content' });
  t.strictSame(came(), ['GET the world /secret/a', 'GET eu-west-1 /secret/a']);
});

t.test('a refusal that was read for a region is still read for the key', async (t) => {
  const rules = [{ bucket: 'secret', encrypt: [SSEC_KEY], plainReads: 'allow' }] as const;
  const { aws, get, came } = await stand(t, undefined, rules);
  aws.manner = 'malformed';
  for (const method of ['GET', 'HEAD']) {
    const answer = await get('/secret/in-plain', { method });
    t.match(answer, { status: 200 }, method);
    t.notMatch(answer.text, /customer/i, 'and nothing says that it is encrypted');
  }
  t.match(came().slice(0, 2), ['GET us-east-1 /secret/in-plain', 'GET eu-west-1 /secret/in-plain']);
});

t.test('commands go to the region of a bucket too', async (t) => {
  const { aws, came } = await stand(t);
  const { port, ca, lookup } = aws;
  const client = clientOf(port, {
    lookup,
    upstream: { protocol: 'https:', hostname: HOST[HERE], ca, region: HERE, provider: PROVIDERS.aws },
  });
  t.teardown(() => client.close());
  for (const manner of MANNERS) {
    aws.manner = manner;
    for (const objectKey of ['a', 'b']) {
      const response = await client.send({ method: 'GET', bucket: 'secret', objectKey });
      response.resume();
      t.equal(response.statusCode, 200);
    }
  }
  t.strictSame(came().slice(0, 3), [
    'HEAD us-east-1 /secret',
    'GET eu-west-1 /secret/a',
    'GET eu-west-1 /secret/b',
  ]);
});
