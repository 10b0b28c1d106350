import { execFileSync, spawnSync } from 'node:child_process';
import { hkdfSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { deriveKey } from '../../src/keys/derive.ts';
import { SseKey } from '../../src/keys/key.ts';
import { holdsKey } from '../../src/ssec/leak.ts';

const DOCUMENT = readFileSync(new URL('../../docs/reference/derived-keys.md', import.meta.url), 'utf8');
const BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const MASTER = new SseKey('master', BYTES);
const hexOf = (ssecKey: SseKey): string => Buffer.from(ssecKey.base64, 'base64').toString('hex');

interface Vector {
  readonly context: string;
  readonly objectKey: string;
  readonly hex: string;
}

const VECTORS: readonly Vector[] = [
  ...DOCUMENT.matchAll(/^\| `([^`]+)` \| `([^`]+)`(?:, (\d+) times)? \| `([0-9a-f]{64})` \|$/gm),
].map(([, context = '', objectKey = '', times = '1', hex = '']) => ({
  context,
  objectKey: (JSON.parse(`"${objectKey}"`) as string).repeat(Number(times)),
  hex,
}));

t.test('gives the vectors of the document', async (t) => {
  t.equal(VECTORS.length, 6);
  for (const { context, objectKey, hex } of VECTORS) {
    t.equal(hexOf(deriveKey(MASTER, context, objectKey)), hex, `${context}: ${objectKey.slice(0, 40)}`);
  }
});

t.test("agrees with Node's own HKDF, whose info is limited", async (t) => {
  for (const { context, objectKey, hex } of VECTORS.filter((vector) => vector.objectKey.length < 900)) {
    const info = `ssec-proxy/object-key/v1\0${String.fromCharCode(context.length)}${context}${objectKey}`;
    t.equal(Buffer.from(hkdfSync('sha256', BYTES, '', info, 32)).toString('hex'), hex);
  }
});

const python = spawnSync('python3', ['--version']).status === 0 ? false : 'there is no python3 here';

t.test('agrees with the program in the document', { skip: python }, async (t) => {
  const [, program = ''] = /```python\n([\s\S]*?)```/.exec(DOCUMENT) ?? [];
  const folder = t.testdir({ 'derive.py': program });
  writeFileSync(join(folder, 'master'), BYTES);
  for (const { context, objectKey, hex } of VECTORS) {
    const args = [join(folder, 'derive.py'), join(folder, 'master'), context, objectKey];
    const printed = execFileSync('python3', args, {
      encoding: 'utf8',
      env: { ...process.env, PYTHONUTF8: '1' },
    });
    t.equal(Buffer.from(printed.trim(), 'base64').toString('hex'), hex, context);
  }
});

t.test('no other split of context and object key gives the same key', async (t) => {
  const keys = ['', 'a', 'ab', 'abc'].map((context) =>
    hexOf(deriveKey(MASTER, context, 'abc'.slice(context.length))),
  );
  t.equal(new Set(keys).size, 4);
});

t.test('a derived key can neither print nor pass unseen, and names its master', async (t) => {
  const ssecKey = deriveKey(MASTER, 'vault', 'a');
  t.equal(ssecKey.id, 'master/object');
  t.equal(JSON.stringify(ssecKey), JSON.stringify({ id: 'master/object', fingerprint: ssecKey.fingerprint }));
  t.ok(holdsKey(`something ${ssecKey.base64} in a text`, [ssecKey]));
  t.ok(holdsKey(`something ${ssecKey.md5} in a text`, [ssecKey]));
});
