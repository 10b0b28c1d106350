import { isDeepStrictEqual } from 'node:util';

/** RFC 6902 by the letter, so that what the injector writes is judged by something else than itself. */
export interface Step {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** A `test` that fails. */
export class TestFailed extends Error {}

export function applyPatch<T>(document: T, patch: readonly Step[]): T {
  const root = { '': structuredClone(document) };
  for (const step of patch) apply(root, step);
  return root[''];
}

function apply(root: object, { op, path, value }: Step): void {
  const steps = path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let parent: unknown = root;
  for (const step of steps) parent = childOf(parent, step);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!/^(?:-|0|[1-9]\d*)$/.test(last) || index > parent.length) throw new Error(`no place ${path}`);
    if (op === 'add') parent.splice(index, 0, structuredClone(value));
    else if (op === 'remove' && index < parent.length) parent.splice(index, 1);
    else throw new Error(`can't ${op} ${path}`);
    return;
  }
  if (typeof parent !== 'object' || parent === null) throw new Error(`nothing is above ${path}`);
  const record = parent as Record<string, unknown>;
  if (op === 'add') record[last] = structuredClone(value);
  else if (op === 'remove' && Object.hasOwn(record, last)) delete record[last];
  else if (op === 'test') {
    if (!isDeepStrictEqual(record[last], value)) throw new TestFailed(path);
  } else throw new Error(`can't ${op} ${path}`);
}

function childOf(parent: unknown, step: string): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step))
    throw new Error(`there is no ${step}`);
  return (parent as Record<string, unknown>)[step];
}
