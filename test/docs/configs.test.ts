import t from 'tap';
import { allPages, parsePage } from '../../scripts/docs/pages.ts';
import { wrongYaml } from './configs.ts';

const CONFIG = `listen: [{ address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }]
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  credentials: { accessKeyId: { env: UP }, secretAccessKey: { file: secret } }
clients: [{ accessKeyId: { env: APP_ID }, secretAccessKey: { env: APP } }]
keys:
  a: { file: a }
  b: { env: B, format: hex }
rules: [{ match: { bucket: docs }, encrypt: [a, b] }]
`;

for (const page of allPages()) {
  if (page.fences.length > 0)
    t.test(`the YAML of ${page.path} is what it says`, async (t) => {
      t.strictSame(await wrongYaml(page), []);
    });
}

const faults = (kind: string, text: string) =>
  wrongYaml(parsePage('bad.md', `\`\`\`${kind}\n${text}\n\`\`\`\n`));

t.test('a block of YAML has to say what it is', async (t) => {
  for (const info of ['yaml', 'yml config', 'yaml whatever', 'yaml config x'])
    t.match(await faults(info, 'a: 1'), [/must be yaml config/], info);
});

t.test('a config is checked as check does it', async (t) => {
  t.strictSame(await faults('yaml config', CONFIG), []);
  t.match(await faults('yaml config', CONFIG.replace('region', 'regoin')), [/did you mean "region"/]);
  t.match(await faults('yaml config', CONFIG.replace('[a, b]', '[c]')), [/"c"/]);
  t.not((await faults('yaml config', 'listen: [')).length, 0);
});

t.test('a config that a shell block writes is checked too', async (t) => {
  const block = (text: string) =>
    faults('sh', `cat > config.yaml <<'END'\n${text}END\nssec-proxy check config.yaml`);
  t.strictSame(await block(CONFIG), []);
  t.match(await block(CONFIG.replace('region', 'regoin')), [/did you mean "region"/]);
});

t.test('a config in a block that does not say so is found', async (t) => {
  for (const info of ['text', '', 'sh'])
    t.match(await faults(info, CONFIG), [/a config must be in a block of yaml config/], info);
  t.strictSame(await faults('text', 'rules[0]: a bucket\nkeys: 1'), [], 'one word with a colon makes none');
});

t.test('a fragment may leave things out, and not name what there is not', async (t) => {
  t.strictSame(await faults('yaml fragment', 'upstream: { etag: mark }\nclients: [{ admin: true }]'), []);
  t.not((await faults('yaml fragment', 'upstream: { etags: mark }')).length, 0);
  t.not((await faults('yaml fragment', 'rules: [{ match: { bucket: a }, plainReads: yes }]')).length, 0);
  t.not((await faults('yaml fragment', '- match: { bucket: a }')).length, 0);
});

t.test('a manifest has to be YAML', async (t) => {
  t.strictSame(await faults('yaml manifest', 'kind: Pod\n---\nkind: Secret'), []);
  t.not((await faults('yaml manifest', 'kind: [')).length, 0);
});
