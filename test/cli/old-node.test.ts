import { readFileSync } from 'node:fs';
import t from 'tap';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const MAIN = read('src/main.ts');

t.test('asks for the Node that package.json asks for', (t) => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  t.equal(engines.node, `>=${/const NEEDED = (\d+);/.exec(MAIN)?.[1]}`);
  t.end();
});

// npm run test:old-node starts it with real ones.
t.test(
  'main is written in what old versions of Node can parse, and loads nothing before it has looked',
  (t) => {
    t.notMatch(MAIN, /^import\b|^export\b|\bawait\b|\?\?|\?\.|#[a-z]/m);
    t.match(MAIN, /process\.versions[\s\S]*import\(/);
    t.end();
  },
);
