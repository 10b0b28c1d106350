import { S3Error } from './errors.ts';

/** Empty, `.` and `..` segments, except at the end of a folder marker (`dir/`), and a backslash, which some treat as a slash. */
const FOLDABLE = /(?:^|\/)\.{0,2}\/|(?:^|\/)\.{1,2}$|\\/;

/**
 * For stores that normalise object keys: refuses an object key with a second name there, so that no client can bypass a
 * rule, a permission or a derived key with it.
 *
 * @throws S3Error InvalidArgument
 */
export function requireUnfolded(objectKey: string): void {
  if (!FOLDABLE.test(objectKey)) return;
  throw new S3Error(
    'InvalidArgument',
    'This store does not distinguish object keys with empty, "." or ".." segments or a backslash. Use another object key.',
  );
}

/**
 * For stores that store an object whose key ends with a slash as a folder, with its body unencrypted.
 *
 * @throws S3Error InvalidArgument
 */
export function requireNoFolder(objectKey: string): void {
  if (!objectKey.endsWith('/')) return;
  throw new S3Error(
    'InvalidArgument',
    'This store does not encrypt objects whose key ends with a slash, but a rule encrypts this one. Use another object key.',
  );
}
