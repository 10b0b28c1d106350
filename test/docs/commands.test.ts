import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allPages, parsePage, ROOT } from '../../scripts/docs/pages.ts';
import { wrongCommands } from './shell.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const scripts = new Set(Object.keys(manifest.scripts));

t.test('every command that a page names is known, with its arguments and options', async (t) => {
  const faults = await Promise.all(allPages().map((page) => wrongCommands(page, scripts)));
  t.strictSame(faults.flat(), []);
});

const faultsIn = (text: string) => wrongCommands(parsePage('bad.md', text), scripts);
const inBlock = (info: string, text: string) => faultsIn(`\`\`\`${info}\n${text}\n\`\`\``);

t.test('a command, an option or a script that does not exist is found in a shell block', async (t) => {
  const wrong = [
    'ssec-proxy chekc config.yaml',
    'ssec-proxy check config.yaml --ofline',
    'ssec-proxy check config.yaml \\\n  --ofline',
    'APP_SECRET=a ssec-proxy check --nothing=1 config.yaml',
    'cd a && ssec-proxy gone',
    'npx node src/main.ts gone',
    'npx node dist/main.js gone',
    'node src/main.ts gone',
    'node --max-semi-space-size=2 dist/main.js gone',
    './ssec-proxy gone',
    '"$HOME/.local/bin/ssec-proxy" gone',
    'timeout 3 ssec-proxy gone',
    'timeout -k 1 3 sudo -u proxy ssec-proxy gone',
    'nohup ssec-proxy gone &',
    'sh -c "ssec-proxy gone"',
    "bash -lc 'cd a; ssec-proxy gone'",
    'if ! ssec-proxy gone; then exit 1; fi',
    'source <(ssec-proxy gone)',
    'a=$(ssec-proxy gone)',
    'ssec-proxy --gone',
    'ssec-proxy explain config.yaml s3://docs/a --op PutObjekt',
    'ssec-proxy explain config.yaml s3://docs/a',
    'ssec-proxy completion tcsh',
    'ssec-proxy serve > log 2>&1',
    'ssec-proxy verify config.yaml docs',
    'npm run gone',
    'echo "',
  ];
  for (const text of wrong) t.equal((await inBlock('sh', text)).length, 1, text);
  const right = [
    'ssec-proxy check --offline config.yaml # ssec-proxy gone',
    'ssec-proxy verify config.yaml s3://docs --json - | head',
    'ssec-proxy --version; ssec-proxy help; npm run docs; npm test',
    'npx node src/main.ts keygen a --escrow age1',
    'ssec-proxy serve - < config.yaml 2>&1 >log',
    "cat > a <<'END'\nssec-proxy gone\nEND\nssec-proxy serve a",
    'echo "ssec-proxy gone"; docker build -t ssec-proxy .; npm install ./ssec-proxy-*.tgz',
  ];
  for (const text of right) t.strictSame(await inBlock('sh', text), [], text);
});

t.test('it is found in every other block and in code spans too', async (t) => {
  const wrong = [
    'ssec-proxy docter config.yaml --bogus',
    'ssec-proxy doctor config.yaml --bogus',
    'ssec-proxy explain CONFIG --op PutObjekt',
    'npm run tset',
    'npm ci && npm run tset',
  ];
  for (const text of wrong) {
    for (const info of ['text', '', 'diff'])
      t.equal((await inBlock(info, text)).length, 1, `${info}: ${text}`);
    t.equal((await faultsIn(`Say \`${text}\`.`)).length, 1, text);
  }
  t.equal((await inBlock('console', '$ ssec-proxy gone\nssec-proxy gone')).length, 1);
  const right = [
    'ssec-proxy verify CONFIG s3://bucket[/prefix] [--json FILE]',
    'ssec-proxy explain [options] <config> <url>',
    'ssec-proxy doctor',
    'ssec-proxy COMMAND --help',
    'ssec-proxy is up',
  ];
  for (const text of right) t.strictSame(await inBlock('text', text), [], text);
});

t.test('a flag or an option of the config that is nearly one of ours is found in a code span', async (t) => {
  for (const text of [
    '--ofline',
    'upstream.timeouts.conect',
    'keys.ID.vault.pth',
    'rules[0].encript',
    'listen[].tsl: x',
    'clients[].upstreams.ID.regoin',
    'upstreams.other.timeouts.conect',
  ])
    t.equal((await faultsIn(`Say \`${text}\`.`)).length, 1, text);
  for (const text of [
    '--offline',
    '--use-multipart-etag',
    'upstream.timeouts.connect',
    'upstream.insecure: true',
    'keys.backups-2026.file',
    'clients[].upstreams.ID',
    'keys.ts',
  ])
    t.strictSame(await faultsIn(`Say \`${text}\`.`), [], text);
});
