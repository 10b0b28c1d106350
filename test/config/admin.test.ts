import t from 'tap';
import { ENV, FILES, load, MINIMAL, makePair } from './fixture.ts';

const TOKEN = { ADMIN_TOKEN: 'token-for-tests-of-admin' };

async function linesOf(
  admin: string,
  env: Readonly<Record<string, string>> = TOKEN,
): Promise<readonly string[]> {
  const pair = await makePair();
  const files = { ...FILES, '/etc/proxy/a.crt': pair.cert, '/etc/proxy/a.key': pair.key };
  const { lines } = await load(`${MINIMAL}admin: ${admin}\n`, { files, env: { ...ENV, ...env } });
  return lines;
}

const TOKEN_REF = 'token: { env: ADMIN_TOKEN }';
const PAIR = 'tls: { cert: a.crt, key: a.key }';

const FINE = [
  'off',
  'false',
  '{ address: off }',
  `{ ${TOKEN_REF} }`,
  `{ address: "[::1]:1", ${TOKEN_REF}, debug: true }`,
  `{ address: 0.0.0.0:8990, open: true }`,
  `{ address: 0.0.0.0:8990, tls: { cert: a.crt, key: a.key, clientCa: a.crt } }`,
  `{ address: 0.0.0.0:8990, ${PAIR}, ${TOKEN_REF}, debug: true }`,
  '{ tls: { cert: a.crt, key: a.key, clientCa: a.crt }, debug: true }',
];

t.test('what the admin address may be', async (t) => {
  for (const admin of FINE) t.strictSame(await linesOf(admin), [], admin);
});

const WRONG: readonly (readonly [admin: string, line: RegExp, env?: Record<string, string>])[] = [
  ['on', /^error: admin: must be a section of fields, not a string/],
  ['{ address: none }', /^error: admin.address: must be "host:port".* or off/],
  ['{ listen: "127.0.0.1:1" }', /^error: admin.listen: unknown field.*address/],
  [`{ address: 0.0.0.0:8990, ${TOKEN_REF} }`, /^error: admin.token: a token over plain HTTP.*add admin.tls/],
  ['{ debug: true }', /^error: admin.debug: profiles are not for everybody.*add admin.token/],
  [`{ ${PAIR}, debug: true }`, /^error: admin.debug: profiles are not for everybody/],
  [
    `{ ${TOKEN_REF} }`,
    /^error: admin.token: the token has less than 16 characters/,
    { ADMIN_TOKEN: 'short' },
  ],
  [`{ ${TOKEN_REF} }`, /^error: admin.token: the token has spaces/, { ADMIN_TOKEN: 'a token of many words' }],
  [`{ ${TOKEN_REF} }`, /^error: admin.token.env: the environment variable ADMIN_TOKEN is not set/, {}],
  [
    '{ tls: { cert: a.crt, key: a.key, clientCa: a.key } }',
    /^error: admin.tls.clientCa: the file has no certificate/,
  ],
  ['{ address: 0.0.0.0:8990 }', /^warning: admin.address: everybody who reaches.*or admin.open: true/],
  [`{ address: "[::]:8990", ${PAIR} }`, /^warning: admin.address: everybody who reaches/],
  [`{ ${TOKEN_REF}, open: true }`, /^warning: admin.open: has no effect with a token/],
  ['{ open: true }', /^warning: admin.open: has no effect at an address of loopback/],
  ['{ address: off, debug: true }', /^warning: admin.debug: has no effect with address: off/],
];

t.test('what it may not be, and what to write instead', async (t) => {
  for (const [admin, line, env] of WRONG) {
    const lines = await linesOf(admin, env);
    t.equal(lines.length, 1, `${admin}: ${lines.join(' | ')}`);
    t.match(lines[0], line);
  }
});

t.test('off means that there is none', async (t) => {
  const { snapshot } = await load(`${MINIMAL}admin: off\n`, { files: FILES });
  t.ok(snapshot);
  t.equal(snapshot?.admin, undefined);
});
