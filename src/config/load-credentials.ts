import type { Credentials } from '../secret.ts';
import type { Path } from './problem.ts';
import type { CredentialRefs } from './schema.ts';
import type { Sources } from './sources.ts';

/** Undefined when either half is missing; the reason has been reported. */
export async function loadCredentials(
  refs: Partial<{ [K in keyof CredentialRefs]: CredentialRefs[K] | undefined }> | undefined,
  path: Path,
  sources: Sources,
): Promise<Credentials | undefined> {
  const accessKeyId = await sources.accessKeyId(refs?.accessKeyId, [...path, 'accessKeyId']);
  const secretAccessKey = await sources.secret(refs?.secretAccessKey, [...path, 'secretAccessKey']);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  sources.judge({ accessKeyId, secretAccessKey }, path);
  return { accessKeyId, secretAccessKey };
}
