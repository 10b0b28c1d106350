import { S3Error } from './errors.ts';

/** Empty, `.` and `..` segments but for the end of a folder marker (`dir/`), and a backslash that some take for a slash. */
const FOLDABLE = /(?:^|\/)\.{0,2}\/|(?:^|\/)\.{1,2}$|\\/;

/**
 * For stores that fold object keys: what has a second name there is refused, so that no rule, permission or derived key
 * is walked around by it.
 *
 * @throws S3Error InvalidArgument
 */
export function requireUnfolded(objectKey: string): void {
  if (!FOLDABLE.test(objectKey)) return;
  throw new S3Error(
    'InvalidArgument',
    'This store does not keep object keys apart that have empty, "." or ".." segments or a backslash. Use another key.',
  );
}

/**
 * For stores that keep an object whose key ends with a slash as a folder, with its body in plain.
 *
 * @throws S3Error InvalidArgument
 */
export function requireNoFolder(objectKey: string): void {
  if (!objectKey.endsWith('/')) return;
  throw new S3Error(
    'InvalidArgument',
    'This store encrypts no object whose key ends with a slash, and it has to be encrypted. Use another key.',
  );
}
