import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../../scripts/docs/pages.ts';

/** The columns of docs/guides/troubleshooting.md that quote what the proxy itself says, by their heading. */
const OURS = /^(?:Message|Message about a key store|Code and message|What you see in the log)$/;

/** The words of a message without what varies, such as names and numbers. */
interface Quote {
  readonly line: number;
  readonly text: string;
}

/** Texts in code spans of the first column of our tables. A code span without a space is a name or a code. */
function quotesOf(page: string): readonly Quote[] {
  let ours = false;
  return page.split('\n').flatMap((line, index) => {
    if (!line.startsWith('|')) {
      ours = false;
      return [];
    }
    const cell = line.split('|')[1] ?? '';
    if (page.split('\n')[index + 1]?.startsWith('|---') === true) ours = OURS.test(cell.trim());
    if (!ours) return [];
    return [...cell.matchAll(/`([^`]+)`/g)]
      .map(([, text = '']) => text)
      .filter((text) => text.includes(' '))
      .flatMap((text) => text.split('…').map((part) => part.replaceAll(/^[ "]+|[ "]+$/g, '')))
      .filter((text) => text.length > 5)
      .map((text) => ({ line: index + 1, text }));
  });
}

/** All source text, with texts that stand on several lines put together and quotes unescaped. */
function sourceText(): string {
  return globSync('src/**/*.ts', { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n')
    .replaceAll(/['`"]\s*\+\s*['`"]/g, '')
    .replaceAll("\\'", "'");
}

t.test('every message that the page on troubleshooting quotes is one of the code', (t) => {
  const quotes = quotesOf(readFileSync(join(ROOT, 'docs/guides/troubleshooting.md'), 'utf8'));
  t.ok(quotes.length > 80, `${quotes.length} quotes`);
  const source = sourceText();
  const stale = quotes.filter(({ text }) => !source.includes(text));
  t.strictSame(
    stale.map(({ line, text }) => `docs/guides/troubleshooting.md:${line}: no message says "${text}"`),
    [],
  );
  t.end();
});

t.test('a message that nothing says is found', (t) => {
  const page = '| Message | Cause |\n|---|---|\n| `nobody ever … said this thing` | a |\n';
  const source = sourceText();
  t.strictSame(
    quotesOf(page)
      .filter(({ text }) => !source.includes(text))
      .map(({ text }) => text),
    ['nobody ever', 'said this thing'],
  );
  t.strictSame(quotesOf('| What the client says |\n|---|\n| `certificate verify failed` |\n'), []);
  t.end();
});
