import { isRecord } from '../../../json.ts';
import type { Fetched } from '../store.ts';
import type { VaultAnswer } from './api.ts';
import { encodePath, reasonOf } from './auth.ts';

/** The place of a key in a vault: a field of a secret in a KV engine, version 2. */
export interface VaultPlace {
  readonly mount: string;
  readonly path: string;
  readonly field: string;
  /** The version of the secret; undefined means the newest. */
  readonly version: number | undefined;
}

/** https://openbao.org/api-docs/secret/kv/kv-v2/#read-secret-version */
export function kvPath({ mount, path, version }: VaultPlace): string {
  const query = version === undefined ? '' : `?version=${version}`;
  return `${encodePath(mount)}/data/${encodePath(path)}${query}`;
}

/** The key in the response to a read. */
export function keyIn(answer: VaultAnswer, { mount, path, field, version }: VaultPlace): Fetched {
  const place = `${mount}/${path}${version === undefined ? '' : ` version ${version}`}`;
  const data = isRecord(answer.body) ? answer.body.data : undefined;
  if (answer.status === 404 && isRecord(data) && isRecord(data.metadata)) {
    return { kind: 'unavailable', message: `${place} was deleted (404)` };
  }
  if (answer.status !== 200) return { kind: 'unavailable', message: `${place}: ${reasonOf(answer)}` };
  const fields = isRecord(data) ? data.data : undefined;
  if (!isRecord(fields) || !isRecord(data) || !isRecord(data.metadata)) {
    return { kind: 'refused', message: `${place} is not in a KV engine of version 2` };
  }
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value === undefined) return { kind: 'unavailable', message: `${place} has no field "${field}"` };
  if (typeof value === 'string') return { kind: 'found', bytes: Buffer.from(value, 'utf8') };
  return { kind: 'refused', message: `the field "${field}" of ${place} is not a string` };
}
