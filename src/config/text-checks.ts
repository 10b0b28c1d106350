import { isRecord } from '../json.ts';
import type { Path, Report } from './problem.ts';

/** A text that its author did not mean to be the value. The messages never quote it, because it may be a secret. */
interface Leftover {
  readonly pattern: RegExp;
  readonly message: string;
  readonly fix: string;
}

const LEFTOVERS: readonly Leftover[] = [
  {
    pattern: /\$\{[A-Za-z_]\w*[}:?+=-]|^\$[A-Za-z_]\w*$|^%[A-Za-z_]\w*%$/,
    message: 'variables such as $NAME are not replaced in the config',
    fix: 'write the value, or { env: NAME } where a secret is expected',
  },
  {
    pattern: /\{\{[^{}]*\}\}|^\$\([^()]*\)$/,
    message: 'a template or a command such as {{ … }} is left in the config, which replaces none',
    fix: 'write the value, or render the file before',
  },
  {
    pattern: /^<[^<>]*>$|^(?:change[-_ ]?me|replace[-_ ]?me|todo|fixme)$/i,
    message: 'this is a placeholder that was not filled in',
    fix: 'write the value',
  },
  {
    pattern: /^[\u2018-\u201f\u00ab\u00bb]|[\u2018-\u201f\u00ab\u00bb]$/,
    message: 'typographic quotes are part of the value',
    fix: `use straight quotes (" or '), or none`,
  },
];

/** Reports variables, templates, placeholders and typographic quotes that were taken for values. */
export function checkTexts(value: unknown, report: Report): void {
  visit(value, [], report);
}

/** No field of a config is that deep. Aliases make lists in lists that are thousands deep of a short text. */
const DEEPEST = 32;

function visit(value: unknown, path: Path, report: Report): void {
  if (typeof value === 'string') checkText(value, path, report);
  if (typeof value !== 'object' || value === null || path.length === DEEPEST || isCommand(path)) return;
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) visit(item, [...path, index], report);
  else if (isRecord(value))
    for (const [name, part] of Object.entries(value)) visit(part, [...path, name], report);
}

/** A command may be a shell, which replaces variables itself. */
function isCommand(path: Path): boolean {
  return path[0] === 'keys' && path[2] === 'exec' && path[3] === 'command';
}

function checkText(text: string, path: Path, report: Report): void {
  const found = LEFTOVERS.find(({ pattern }) => pattern.test(text));
  if (!found) return;
  // An object key may have any character.
  if (path.at(-1) === 'prefix') report.warn(path, found.message, found.fix);
  else report.error(path, found.message, found.fix);
}
