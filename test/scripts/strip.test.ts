import t from 'tap';
import { strip } from '../../scripts/build/strip.ts';

const CASES: readonly (readonly [string, string, string])[] = [
  ['takes a comment with its line', 'a();\n  // b\nc();\n', 'a();\nc();\n'],
  ['takes one of several lines', 'a();\n/*\n * é\n */\nc();\n', 'a();\nc();\n'],
  ['takes one behind code', 'a(); // é\nc();\n', 'a();  \nc();\n'],
  ['parts words', 'typeof/**/a;\n', 'typeof a;\n'],
  ['keeps the end of a statement', 'a = b/*\n*/(c);\n', 'a = b\n(c);\n'],
  ['keeps which file a part is of', '// src/a.ts\na();\n', '// src/a.ts\na();\n'],
  [
    'keeps what only looks like a comment',
    'a = "/* b */" + `// ${c}\n\n` + /\\/*/;\n',
    'a = "/* b */" + `// ${c}\n\n` + /\\/*/;\n',
  ],
  ['keeps the first line of a command', '#!/usr/bin/env node\n// b\na();\n', '#!/usr/bin/env node\na();\n'],
];

for (const [name, text, wanted] of CASES)
  t.test(name, (t) => {
    t.equal(strip('a.js', text), wanted);
    t.end();
  });

t.test('names what would double the memory of a source', (t) => {
  for (const text of ['a = "é";\n', 'a = /é/;\n', 'a = `é`;\n'])
    t.throws(() => strip('a.js', text), { message: /^a\.js: write this in ASCII: a = / });
  t.end();
});

t.test('names what has no meaning', (t) => {
  t.throws(() => strip('a.js', 'a = ;\n'), { message: /^a\.js: / });
  t.end();
});
