import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allPages, parsePage, ROOT } from '../../scripts/docs/pages.ts';
import { program } from '../../src/cli/program.ts';
import { wrongCommands } from './shell.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const known = { program: program(), scripts: new Set(Object.keys(manifest.scripts)) };

t.test('every command that a page names is known, with its options', (t) => {
  t.strictSame(
    allPages().flatMap((page) => wrongCommands(page, known)),
    [],
  );
  t.end();
});

t.test('a command, an option or a script that does not exist is found', (t) => {
  const faults = (text: string) => wrongCommands(parsePage('bad.md', `\`\`\`sh\n${text}\n\`\`\``), known);
  const wrong = [
    'ssec-proxy chekc config.yaml',
    'ssec-proxy check config.yaml --ofline',
    'ssec-proxy check config.yaml \\\n  --ofline',
    'APP_SECRET=a ssec-proxy check --nothing=1 config.yaml',
    'cd a && ssec-proxy gone',
    'npx node src/main.ts gone',
    'ssec-proxy --gone',
    'npm run gone',
    'echo "',
  ];
  for (const text of wrong) t.equal(faults(text).length, 1, text);
  const right = [
    'ssec-proxy check --offline config.yaml # ssec-proxy gone',
    'ssec-proxy verify config.yaml s3://a --json - | head',
    'ssec-proxy --version; ssec-proxy help; npm run docs; npm test',
    'npx node src/main.ts keygen a --escrow age1',
  ];
  for (const text of right) t.strictSame(faults(text), [], text);
  t.equal(
    wrongCommands(parsePage('bad.md', 'Say `ssec-proxy gone CONFIG` or `npm run gone`.'), known).length,
    2,
  );
  t.strictSame(
    wrongCommands(
      parsePage('bad.md', '`ssec-proxy verify CONFIG s3://bucket[/prefix] [--json FILE]`'),
      known,
    ),
    [],
  );
  t.end();
});
