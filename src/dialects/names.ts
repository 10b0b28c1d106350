import { MODEL_ANSWERS, MODEL_REQUESTS } from '../s3/model-headers.ts';
import { type Dialect, INTERNAL_PREFIX } from './dialect.ts';

/** @param name of a header in the dialect, in lower case */
export function internalName(name: string, { prefix, names }: Dialect): string {
  const known = names.internal.get(name);
  if (known !== undefined) return known;
  if (!name.startsWith(prefix)) return name;
  const internal = `${INTERNAL_PREFIX}${name.slice(prefix.length)}`;
  return isOfS3(internal) ? internal : name;
}

/** @param name internal, in lower case */
export function ownName(name: string, { prefix, names }: Dialect): string {
  if (!name.startsWith('x-')) return name;
  const known = names.own.get(name);
  if (known !== undefined) return known;
  return name.startsWith(INTERNAL_PREFIX) ? `${prefix}${name.slice(INTERNAL_PREFIX.length)}` : name;
}

let ofS3: ReadonlySet<string> | undefined;

/** Has S3 this header? Other ones of a dialect are its own, and have no internal name. */
function isOfS3(name: string): boolean {
  if (name.startsWith('x-amz-meta-')) return true;
  // Made at the first need: most proxies never meet another dialect.
  ofS3 ??= new Set([
    ...Object.values(MODEL_REQUESTS).flatMap((words) => words.split(' ')),
    ...MODEL_ANSWERS.split(' '),
    'x-amz-id-2',
    'x-amz-request-id',
    'x-amz-error-code',
    'x-amz-error-message',
  ]);
  return ofS3.has(name);
}
