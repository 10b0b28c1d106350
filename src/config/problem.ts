/** A place in the tree of the config: field names and list indexes from the root. */
export type Path = readonly (string | number)[];

export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Written for people: `rules[2].encrypt[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The position of a path in the file. A path that is absent has the position of its nearest ancestor. */
export type Locate = (path: Path, part: 'key' | 'value') => Position;

/** Collects problems, so that all of them are reported at once: of each path the first error, and what stands before it. */
export interface Report {
  error(path: Path, message: string, fix?: string): void;
  warn(path: Path, message: string, fix?: string): void;
  /** What cannot be right, though the proxy can start with it: a warning, or an error where a config is checked. */
  fault(path: Path, message: string, fix?: string): void;
  /**
   * Like `error`, placed at the field's name instead of its value.
   * @param shown the path that is told, where the name itself has more in it than a name
   */
  errorAtKey(path: Path, message: string, fix?: string, shown?: Path): void;
  /** An error of all that is at and below a path: nothing else is said of it. */
  errorOfAll(path: Path, message: string, fix?: string): void;
  /** A problem of the text itself, which has a position but no path. */
  errorAt(position: Position, message: string, fix?: string): void;
  /** All problems so far in the order of the file. */
  problems(): Problem[];
}

/** @param strict a fault is an error */
export function createReport(locate: Locate, strict = false): Report {
  const found: Problem[] = [];
  const wrong = new Set<string>();
  const closed: Path[] = [];
  const add = (
    severity: Problem['severity'],
    place: Position,
    path: Path,
    message: string,
    fix: string | undefined,
  ): void => {
    const { line, column } = place;
    const text = pathText(path);
    // What else is wrong with a value is mostly the same mistake once more, and can be said when this one is fixed.
    if (wrong.has(text) || closed.some((above) => above.every((step, index) => path[index] === step))) return;
    if (severity === 'error' && path.length > 0) wrong.add(text);
    const problem = { severity, path: masked(text), message: masked(message), line, column };
    found.push(fix === undefined ? problem : { ...problem, fix: masked(fix) });
  };
  return {
    error: (path, message, fix) => add('error', locate(path, 'value'), path, message, fix),
    warn: (path, message, fix) => add('warning', locate(path, 'value'), path, message, fix),
    fault: (path, message, fix) =>
      add(strict ? 'error' : 'warning', locate(path, 'value'), path, message, fix),
    errorAtKey: (path, message, fix, shown = path) => add('error', locate(path, 'key'), shown, message, fix),
    errorOfAll: (path, message, fix) => {
      add('error', locate(path, 'key'), path, message, fix);
      closed.push(path);
    },
    errorAt: (position, message, fix) => add('error', position, [], message, fix),
    problems: () => found.toSorted(byPosition),
  };
}

/** One line: `rules[2].encrypt[0]: unknown key "valt" (config.yaml:14:10); did you mean "vault"?` */
export function formatProblem(problem: Problem, file: string): string {
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const fix = problem.fix === undefined ? '' : `; ${problem.fix}`;
  return `${path}${problem.message} (${file}:${problem.line}:${problem.column})${fix}`;
}

/**
 * Somebody may put a secret where a name belongs: a file, an id, a field. So of a text as long and as mixed as a secret,
 * only the first letters are shown. Paths (other characters) and fingerprints (32 digits) are shown in full.
 */
function masked(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]{40,}={0,2}/g, (word) => {
    const mixed = /[0-9]/.test(word) && /[A-Za-z]/.test(word);
    const path = /^\/|\/.*\/.*\//.test(word) && !looksSecret(word);
    return mixed && !path ? `${word.slice(0, 4)}…` : word;
  });
}

/** One secret in thirty has as many slashes as a path, and the form of 32 bytes in base64, or of a secret access key of AWS. */
function looksSecret(word: string): boolean {
  if (/^[A-Za-z0-9+/]{43}=$/.test(word)) return true;
  return /^[A-Za-z0-9+][A-Za-z0-9+/]{39}$/.test(word) && /[A-Z]/.test(word) && /[a-z]/.test(word);
}

/** `['rules', 2, 'match']` → `rules[2].match`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[\w.-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

function byPosition(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column || a.path.localeCompare(b.path);
}
