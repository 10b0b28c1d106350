import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { framed, headerSigned, presigned, type WireRequest } from '../support/wire-requests.ts';
import { type BodyStand, CLIENT, hostOf, type Reply, send, signingAs, startBodyStand } from './body-stand.ts';
import { type Mutant, mutantsOf } from './mutations.ts';

const BEFORE = 'the version before';
/** Two chunks and a bit; no two neighbouring pieces of it are the same. */
const DATA = Array.from({ length: 1700 }, (_, index) => `${index} fox `)
  .join('')
  .slice(0, 8192 * 2 + 100);

/** The bytes differ, what was signed and stored does not. */
const HARMLESS = [
  /^header .* swapped with the next$/,
  /^query .* swapped with the next$/,
  // One line feed less at the end, two zeros for one, blank lines around the trailers.
  /^header content-length mutated$/,
  /^body size 2 doubled$/,
  /^body line end 2 (?:dropped|doubled|swapped)/,
  /^body end (?:dropped|doubled|mutated)$/,
  /^body trailer (?:signature )?end (?:dropped|doubled|swapped)/,
  /^body trailer signature swapped/,
];

/** What S3 says to a mutant, as far as one answer is right; every other refusal is of one of these codes. */
const EXPECTED: readonly (readonly [mutant: RegExp, answer: string])[] = [
  [/header x-amz-meta-a (?:mutated|dropped|doubled)$/, '403 SignatureDoesNotMatch'],
  [/header content-type (?:mutated|dropped|doubled)$/, '403 SignatureDoesNotMatch'],
  [/header host mutated$/, '403 SignatureDoesNotMatch'],
  [/header authorization Signature mutated$/, '403 SignatureDoesNotMatch'],
  [/header authorization \w+ (?:dropped|doubled)$/, '400 AuthorizationHeaderMalformed'],
  [/header authorization Credential mutated$/, '400 AuthorizationHeaderMalformed'],
  [/header authorization dropped$/, '403 AccessDenied'],
  [/query X-Amz-\w+ dropped$/, '400 AuthorizationQueryParametersError'],
  [/query X-Amz-\w+ doubled$/, '400 InvalidArgument'],
  [/query X-Amz-(?:Expires|Signature) mutated$/, '403 SignatureDoesNotMatch'],
  [/^hashed body: body body /, '400 XAmzContentSHA256Mismatch'],
  [/^unsigned trailer: body data \d mutated$/, '400 BadDigest'],
  [/^unsigned trailer: body trailer value (?:mutated|dropped|doubled)$/, '400 InvalidRequest'],
  [/body (?:data|signature) \d mutated$/, '403 SignatureDoesNotMatch'],
  [/body trailer (?:value|signature) mutated$/, '403 SignatureDoesNotMatch'],
  [/body data \d dropped$/, '400 IncompleteBody'],
  [/body trailer name (?:mutated|dropped)$/, '400 MalformedTrailerError'],
];

const CODES: ReadonlySet<string> = new Set([
  '400 AuthorizationHeaderMalformed',
  '400 AuthorizationQueryParametersError',
  '400 BadDigest',
  '400 BadRequest',
  '400 IncompleteBody',
  '400 InvalidArgument',
  '400 InvalidRequest',
  '400 MalformedTrailerError',
  '403 AccessDenied',
  '403 InvalidChunkSizeError',
  '403 SignatureDoesNotMatch',
  '411 MissingContentLength',
  // Node's own refusal of a request without a Host.
  '400 ',
  // No length or too large a one: the rest is waited for, or taken for another request, and the connection ends.
  '0 ',
]);

const kinds = (port: number): Readonly<Record<string, () => WireRequest>> => {
  const asked = {
    method: 'PUT',
    path: '/secret/k',
    host: hostOf(port),
    headers: { 'content-type': 'text/plain', 'x-amz-meta-a': '1' },
  };
  const body = DATA.slice(0, 100);
  const signing = () => signingAs(CLIENT);
  return {
    'hashed body': () => headerSigned(asked, body, signing()),
    'unsigned body': () => headerSigned(asked, body, signing(), 'UNSIGNED-PAYLOAD'),
    'presigned PUT': () => presigned(asked, body, signing()),
    'presigned GET': () => presigned({ ...asked, method: 'GET', headers: {} }, '', signing()),
    'signed chunks': () => framed(asked, DATA, signing(), { framing: 'chunks' }),
    'signed chunks and trailer': () => framed(asked, DATA, signing(), { framing: 'chunks and trailer' }),
    'unsigned trailer': () => framed(asked, DATA, signing(), { framing: 'unsigned trailer' }),
  };
};

t.test('a mutant of a request is refused, and nothing is stored, or it means the same', async (t) => {
  const stand = await startBodyStand(t);
  const { http } = stand.ports;
  const asked = { method: 'PUT', path: '/secret/k', host: hostOf(http) };
  const send_ = (method: string, body: string): Promise<Reply> =>
    send(http, headerSigned({ ...asked, method }, body, signingAs(CLIENT)));
  for (const [kind, make] of Object.entries(kinds(http))) {
    await send_('PUT', BEFORE);
    let disk = await settled(stand);
    const wrong: string[] = [];
    const harmless: string[] = [];
    for (const mutant of mutantsOf(make())) {
      const name = `${mutant.place} ${mutant.part} ${mutant.change}`;
      const { status, code } = await send(http, mutant.request, UNANSWERED.test(name) ? 300 : PATIENCE_MS);
      if (HARMLESS.some((pattern) => pattern.test(name)) && status < 300) harmless.push(name);
      else if (isUnsigned(kind, mutant))
        wrong.push(...(status === 200 ? [] : [`${name}: ${status} ${code}`]));
      else if (!isRight(`${kind}: ${name}`, `${status} ${code}`)) wrong.push(`${name}: ${status} ${code}`);
      else if (!(await same(stand, disk))) wrong.push(`${name}: something was stored`);
      if (status > 0 && status < 300) {
        await send_('PUT', BEFORE);
        disk = await settled(stand);
      }
    }
    t.same(wrong, [], kind);
    t.ok(harmless.length > 0);
    t.equal((await send_('GET', '')).body.toString(), BEFORE, 'the version before is intact');
  }
});

/** Of a body that is said to be longer than it is the rest is waited for, and no answer comes. Every other mutant has one. */
const UNANSWERED = /^header content-length mutated$/;
const PATIENCE_MS = 30_000;

/** What is stored, once nothing is being thrown away any more. */
async function settled({ disk }: BodyStand): Promise<string> {
  let before = await disk();
  for (let tries = 0; tries < 100; tries += 1) {
    await pause(20);
    const now = await disk();
    if (now === before) return now;
    before = now;
  }
  return before;
}

/** Nobody has signed these bytes: whoever holds such a request may send others. */
function isUnsigned(kind: string, { place }: Mutant): boolean {
  return place === 'body' && (kind === 'unsigned body' || kind === 'presigned PUT');
}

function isRight(mutant: string, answer: string): boolean {
  const [, expected] = EXPECTED.find(([pattern]) => pattern.test(mutant)) ?? [];
  return expected === undefined ? CODES.has(answer) : answer === expected;
}

/** The store may still be about to throw away what it has of a refused body. */
async function same({ disk }: BodyStand, before: string): Promise<boolean> {
  for (let tries = 0; tries < 500; tries += 1) {
    if ((await disk()) === before) return true;
    await pause(20);
  }
  return false;
}
