import { dirname, resolve } from 'node:path';
import { type FileContent, type ReadFile, readFailure } from '../files.ts';
import { type Credentials, Secret } from '../secret.ts';
import { judgeCredentials } from './credential-checks.ts';
import { createReport, type Path, type Report } from './problem.ts';
import type { SecretRef } from './schema.ts';

/** The sources of values that are not in the config itself. */
export interface Sources {
  /** The value behind a reference; undefined after a reported problem. An access key id is not a secret. */
  accessKeyId(ref: SecretRef | undefined, path: Path): Promise<string | undefined>;
  /** The same for secrets: warns of literals and of files that others can read. */
  secret(ref: SecretRef | undefined, path: Path): Promise<Secret | undefined>;
  file(name: string | undefined, path: Path): Promise<FileContent | undefined>;
  /** Warns of a pair that can hardly be right. */
  judge(pair: Credentials, path: Path): void;
  /** A path of the config, from the root. */
  fullPath(name: string): string;
  /** Like `file`, for secrets. */
  secretFile(name: string | undefined, path: Path): Promise<FileContent | undefined>;
  /** The same for what may be missing: nothing is reported. */
  readonly silently: Omit<Sources, 'silently'>;
}

export interface SourceOptions {
  /** Relative paths start in the folder of this file. */
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly report: Report;
}

export function createSources(options: SourceOptions): Sources {
  const nobody = createReport(() => ({ line: 1, column: 1 }));
  return { ...sourcesOf(options), silently: sourcesOf({ ...options, report: nobody }) };
}

function sourcesOf({ configFile, env, readFile, report }: SourceOptions): Sources['silently'] {
  const fullPath = (name: string): string => resolve(dirname(configFile), name);
  const file: Sources['file'] = async (name, path) => {
    if (name === undefined) return undefined;
    const fullName = fullPath(name);
    try {
      return await readFile(fullName);
    } catch (error) {
      report.error(path, `${fullName} cannot be read: ${readFailure(error)}`);
      return undefined;
    }
  };
  const secretFile: Sources['file'] = async (name, path) => {
    const content = await file(name, path);
    if (content !== undefined) warnOfReaders(content.mode, path, report);
    return content;
  };
  const fromEnv = (name: string, path: Path): string | undefined => {
    const value = env[name];
    if (value === undefined) report.error(path, `the environment variable${named(name)} is not set`);
    return value;
  };
  const resolveWith = async (ref: SecretRef | undefined, path: Path, read: Sources['file']) => {
    if (ref === undefined || typeof ref === 'string') return ref;
    if ('env' in ref) return notEmpty(fromEnv(ref.env, [...path, 'env']), [...path, 'env'], report);
    const at = [...path, 'file'];
    const content = await read(ref.file, at);
    if (content?.truncated !== true) return content && notEmpty(textOf(content), at, report);
    report.error(at, 'the file is larger than 1 MiB, so it cannot be a secret');
    return undefined;
  };
  return {
    fullPath,
    judge: (pair, path) => judgeCredentials(pair, path, report),
    file,
    secretFile,
    accessKeyId: async (ref, path) => {
      const value = await resolveWith(ref, path, file);
      // Signatures put it between slashes and commas.
      if (value === undefined || !/[\s/,\p{Cc}]/u.test(value)) return value;
      report.error(path, 'an access key id has no spaces, slashes or commas');
      return undefined;
    },
    secret: async (ref, path) => {
      if (typeof ref === 'string') {
        report.warn(path, 'a secret is in the config itself', 'move it to { env: NAME } or { file: PATH }');
      }
      const value = await resolveWith(ref, path, secretFile);
      return value === undefined ? undefined : new Secret(value);
    },
  };
}

/** A name in lower case may be the secret itself in the wrong place. So it is not shown; the position says where it is. */
function named(name: string): string {
  return /^[A-Z_][A-Z0-9_]{0,63}$/.test(name) ? ` ${name}` : '';
}

function notEmpty(value: string | undefined, path: Path, report: Report): string | undefined {
  if (value !== '') return value;
  report.error(path, 'the secret is empty');
  return undefined;
}

/** Editors and `echo` append one newline to a secret; anything more is part of it. */
function textOf(content: FileContent): string {
  return Buffer.from(content.bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** The group may read: a Secret mounted with an fsGroup has mode 0440, the strictest that a pod can get. */
export function warnOfReaders(mode: number, path: Path, report: Report): void {
  if ((mode & 0o004) === 0) return;
  const octal = `0${(mode & 0o777).toString(8)}`;
  report.warn(
    path,
    `others on this machine can read the file (mode ${octal})`,
    'chmod 600 it; for a Secret in Kubernetes set defaultMode: 0400',
  );
}
