/** Where in the config's tree something is: field names and list indexes from the root. */
export type Path = readonly (string | number)[];

export interface Problem {
  readonly severity: 'error' | 'warning';
  /** As people read it: `rules[2].encrypt[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly mend?: string;
  /** Both begin at 1. */
  readonly line: number;
  readonly column: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a path stands in the file; for one that is not there, where its nearest ancestor stands. */
export type Locate = (path: Path, part: 'key' | 'value') => Position;

/** Collects problems, so that all of them are told at once. */
export interface Report {
  error(path: Path, message: string, mend?: string): void;
  warn(path: Path, message: string, mend?: string): void;
  /** Like `error`, placed at the field's name instead of its value. */
  errorAtKey(path: Path, message: string, mend?: string): void;
  /** A problem of the text itself, which stands at a position and under no path. */
  errorAt(position: Position, message: string, mend?: string): void;
  /** All problems so far in the order of the file. */
  problems(): Problem[];
}

export function createReport(locate: Locate): Report {
  const found: Problem[] = [];
  const add = (
    severity: Problem['severity'],
    place: Position,
    path: Path,
    message: string,
    mend: string | undefined,
  ): void => {
    const { line, column } = place;
    const problem = { severity, path: masked(pathText(path)), message: masked(message), line, column };
    found.push(mend === undefined ? problem : { ...problem, mend: masked(mend) });
  };
  return {
    error: (path, message, mend) => add('error', locate(path, 'value'), path, message, mend),
    warn: (path, message, mend) => add('warning', locate(path, 'value'), path, message, mend),
    errorAtKey: (path, message, mend) => add('error', locate(path, 'key'), path, message, mend),
    errorAt: (position, message, mend) => add('error', position, [], message, mend),
    problems: () => found.toSorted(byPosition),
  };
}

/** One line: `rules[2].encrypt[0]: unknown key "valt" (config.yaml:14:10); did you mean "vault"?` */
export function formatProblem(problem: Problem, file: string): string {
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const mend = problem.mend === undefined ? '' : `; ${problem.mend}`;
  return `${path}${problem.message} (${file}:${problem.line}:${problem.column})${mend}`;
}

/**
 * A secret may stand where a name belongs: as a file, an id, a field. What is as long and as mixed as one is shown by its
 * first letters only. Paths and fingerprints are not: the ones have other characters, the others 32 digits.
 */
function masked(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]{40,}={0,2}/g, (word) => {
    const mixed = /[0-9]/.test(word) && /[A-Za-z]/.test(word) && !/^\/|\/.*\/.*\//.test(word);
    return mixed ? `${word.slice(0, 4)}…` : word;
  });
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
