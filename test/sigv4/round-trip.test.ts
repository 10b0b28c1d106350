import fc from 'fast-check';
import t from 'tap';
import { sign } from '../../src/sigv4/sign.ts';
import { codeOf } from '../support/failure.ts';
import { onWire } from '../support/headers.ts';
import { type Meant, meantRequests, sent, unsigned } from '../support/requests.ts';
import { CLIENT, NOW, REGION, type Sent, verifySent } from '../support/signed.ts';
import { aws4Signer, type Signer, sdkSigner } from '../support/signers.ts';

const BY = { credentials: CLIENT, region: REGION, now: NOW };
const RUNS = { numRuns: 120 };

for (const [name, signer] of Object.entries({ 'the AWS SDK': sdkSigner, aws4: aws4Signer })) {
  t.test(`accepts every request that ${name} signs`, async () => {
    await fc.assert(
      fc.asyncProperty(meantRequests, async (meant) => verifySent(await signedBy(signer, meant)) === CLIENT),
      RUNS,
    );
  });

  t.test(`refuses every request that was changed after ${name} signed it`, async () => {
    await fc.assert(
      fc.asyncProperty(meantRequests, changes, async (meant, change) => {
        const original = await signedBy(signer, meant);
        const changed = change(meant, original);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(original));
        return codeOf(() => verifySent(changed)) === 'SignatureDoesNotMatch';
      }),
      { numRuns: 300 },
    );
  });
}

t.test('signs for the upstream as the AWS SDK does, and verifies what it signed', async () => {
  await fc.assert(
    fc.asyncProperty(meantRequests, async (meant) => {
      const request = unsigned(meant);
      const onTheWire = sent(request, request.headers);
      const ours = sign(
        {
          method: onTheWire.method,
          path: onTheWire.rawTarget,
          headers: onTheWire.headers as Record<string, string>,
        },
        BY,
      );
      const theirs = await sdkSigner(request, BY);
      const headers = { ...onTheWire.headers, ...ours };
      return ours.authorization === theirs.authorization && verifySent({ ...onTheWire, headers }) === CLIENT;
    }),
    RUNS,
  );
});

t.test('leaves the request that it signs as it was', async (t) => {
  const headers = Object.freeze({
    host: 'h',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': '20000101T000000Z',
  });
  const request = Object.freeze({ method: 'PUT', path: '/b/%2B//..?b=1&a', headers });
  const signature = sign(request, BY);
  t.same(Object.keys(signature), ['authorization', 'x-amz-date']);
  t.equal(request.path, '/b/%2B//..?b=1&a');
  t.notMatch(signature.authorization, CLIENT.secretAccessKey.reveal());
});

async function signedBy(signer: Signer, meant: Meant): Promise<Sent> {
  const request = unsigned(meant);
  return sent(request, await signer(request, BY));
}

type Change = (meant: Meant, original: Sent) => Sent;

/** One change each, of what the signature stands for. */
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom('GET', 'PUT', 'HEAD', 'POST', 'DELETE').map(
    (method): Change =>
      (_, original) => ({ ...original, method }),
  ),
  fc.tuple(fc.nat(), fc.constantFrom('x', '/', '.', '%', '+', ' ', 'é')).map(
    ([place, char]): Change =>
      (meant, original) => {
        const characters = Array.from(meant.objectKey);
        characters[place % characters.length] = char;
        return {
          ...original,
          rawTarget: sent(unsigned({ ...meant, objectKey: characters.join('') }), {}).rawTarget,
        };
      },
  ),
  fc.constantFrom('x', ' ', '+', '%').map(
    (more): Change =>
      (meant, original) => {
        const query = meant.query.map(([name, value]) => [name, value + more] as const);
        return { ...original, rawTarget: sent(unsigned({ ...meant, query }), {}).rawTarget };
      },
  ),
  fc.constant<Change>((meant, original) => {
    const query = [...meant.query, ['added-later', ''] as const];
    return { ...original, rawTarget: sent(unsigned({ ...meant, query }), {}).rawTarget };
  }),
  fc
    .tuple(fc.constantFrom('host', 'content-type', 'x-amz-meta-text'), fc.constantFrom('x', 'é', ',', ' y'))
    .map(
      ([name, more]): Change =>
        (_, original) =>
          withHeader(original, name, (value) => value + onWire(more)),
    ),
  fc.constant<Change>((_, original) =>
    withHeader(original, 'x-amz-content-sha256', (value) =>
      value.startsWith('U') ? '0'.repeat(64) : 'UNSIGNED-PAYLOAD',
    ),
  ),
  fc.tuple(fc.nat({ max: 63 }), fc.constantFrom(...'0123456789abcdef'.split(''))).map(
    ([place, digit]): Change =>
      (_, original) =>
        withHeader(original, 'authorization', (value) => {
          const at = value.length - 64 + place;
          return value.slice(0, at) + digit + value.slice(at + 1);
        }),
  ),
);

function withHeader(original: Sent, name: string, change: (value: string) => string): Sent {
  return { ...original, headers: { ...original.headers, [name]: change(String(original.headers[name])) } };
}
