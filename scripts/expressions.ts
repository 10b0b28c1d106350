import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expression, expressionsIn } from './expressions/find.ts';
import { judge, type Verdict } from './expressions/judge.ts';

/**
 * No expression of `src/` may take more than linear time, whatever text it is given. Each is judged by recheck, which
 * looks for a text that makes it slow; what was judged once is remembered in node_modules/.cache, by the expression.
 */

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules/.cache/expressions.json');

/** Expressions over short texts, and those that are made of what stands beside them: file → why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'cli/demo/text.ts': "the demo reads its own sandbox's errors",
  'config/tls.ts': "the operator's certificates",
  's3/reserved-names.ts': 'made of the names that stand there: each whole, or at the end',
  'recover/versioned-name.ts': 'an object key of at most 1,024 bytes, in a command',
};

/** What is wrong with the expressions of a tree: lines for people. */
export async function complaintsOf(
  found: readonly Expression[],
  verdictOf: (expression: Expression) => Promise<Verdict>,
): Promise<readonly string[]> {
  const complaints: string[] = [];
  const used = new Set<string>();
  for (const expression of found) {
    const verdict = await verdictOf(expression);
    if (verdict.kind === 'linear') continue;
    if (Object.hasOwn(EXCEPTIONS, expression.file)) used.add(expression.file);
    else complaints.push(`${expression.file}:${expression.line}: ${verdict.why}: ${expression.text}`);
  }
  const unused = Object.keys(EXCEPTIONS).filter((file) => !used.has(file));
  return [...complaints, ...unused.map((file) => `${file}: it has no such expression, and is an exception`)];
}

function rememberedVerdicts(): Map<string, Verdict> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(CACHE, 'utf8')) as Record<string, Verdict>));
  } catch {
    return new Map();
  }
}

if (import.meta.main) {
  const known = rememberedVerdicts();
  const verdictOf = async (expression: Expression): Promise<Verdict> => {
    const verdict = known.get(expression.text) ?? (await judge(expression));
    known.set(expression.text, verdict);
    return verdict;
  };
  const found = expressionsIn(join(ROOT, 'src'));
  const complaints = await complaintsOf(found, verdictOf);
  mkdirSync(join(CACHE, '..'), { recursive: true });
  writeFileSync(CACHE, JSON.stringify(Object.fromEntries(known)));
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  // recheck leaves its program running.
  process.exit(complaints.length === 0 && found.length > 0 ? 0 : 1);
}
