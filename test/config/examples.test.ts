import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { ReadFile } from '../../src/files.ts';
import { isRecord } from '../../src/json.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { makePair, NAMES, NOW, testKey } from './fixture.ts';

const FOLDER = new URL('../../config/', import.meta.url);
const ENV = new Proxy<Record<string, string>>(
  { APP_KEY: testKey('APP_KEY').toString('base64') },
  { get: (values, name) => values[String(name)] ?? `test-${String(name)}` },
);

/** Of the certificates, as the examples name their domains. */
const NAMED = [...NAMES, 'obs.proxy.example.com', '*.obs.proxy.example.com', 'files.example.com'];

/** The example itself from the disk; whatever it names is made up to fit. */
async function stubFor(example: string): Promise<ReadFile> {
  const { cert, key } = await makePair(undefined, undefined, NAMED);
  const contentOf = (path: string): string | Buffer => {
    if (path.endsWith(example)) return readFileSync(new URL(example, FOLDER));
    if (path.endsWith('.crt')) return cert;
    if (path.endsWith('tls.key')) return key;
    if (!path.startsWith('/keys/')) return 'test-secret\n';
    if (example !== 'full.yaml') return testKey(path);
    if (path === '/keys/app') return testKey(path).toString('hex');
    return path === '/keys/backups-2025' ? testKey(path).toString('base64') : testKey(path);
  };
  return (path) => Promise.resolve({ bytes: Buffer.from(contentOf(path)), mode: 0o400, truncated: false });
}

const examples = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

t.test('there are examples', (t) => {
  t.ok(examples.length >= 5);
  t.end();
});

for (const example of examples) {
  t.test(`config/${example} is valid, without a warning, and names its schema`, async (t) => {
    const readFile = await stubFor(example);
    const { snapshot, problems } = await loadConfig(`/app/config/${example}`, {
      env: ENV,
      readFile,
      now: NOW,
      offline: true,
    });
    t.strictSame(problems, []);
    t.ok(snapshot);
    const [first] = readFileSync(new URL(example, FOLDER), 'utf8').split('\n');
    t.equal(first, '# yaml-language-server: $schema=./ssec-proxy.schema.json');
  });
}

t.test('config/full.yaml has every option', (t) => {
  const text = readFileSync(new URL('full.yaml', FOLDER), 'utf8');
  const schema: unknown = JSON.parse(readFileSync(new URL('ssec-proxy.schema.json', FOLDER), 'utf8'));
  const fields = [...fieldsIn(schema)];
  t.ok(fields.length > 30);
  for (const field of new Set(fields)) t.match(text, new RegExp(`\\b${field}:`), field);
  t.end();
});

/** Every name under a `properties` of a JSON Schema. */
function* fieldsIn(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, part] of Object.entries(node)) {
    if (name === 'properties' && isRecord(part)) yield* Object.keys(part);
    yield* fieldsIn(part);
  }
}
