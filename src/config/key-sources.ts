import { isAbsolute, resolve } from 'node:path';
import type { KeySource } from '../keys/stores/fetch-keys.ts';
import { parseDuration } from './duration.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import { keyFields } from './schema/key.ts';
import type { Config } from './schema.ts';

const NAMES = Object.keys(keyFields());

/** Each key must name exactly one source. */
export function checkKeySources({ keys }: Salvaged<Config>, report: Report): void {
  for (const [id, spec] of Object.entries(keys ?? {})) {
    if (spec === undefined) continue;
    const path: Path = ['keys', id];
    const [first, ...others] = NAMES.filter((name) => name in spec);
    if (first === undefined) {
      report.error(path, 'has no source for the key', `add one of ${NAMES.join(', ')}`);
    }
    for (const other of others) {
      report.errorAtKey([...path, other], `the key already has a source: ${first}`, 'remove one of them');
    }
  }
}

export interface Surroundings {
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The sources of the keys, by id. Keys with an incomplete source are left out. */
export function keySources(
  { keys, vaults }: Salvaged<Config>,
  surroundings: Surroundings,
): ReadonlyMap<string, KeySource> {
  const sources = new Map<string, KeySource>();
  for (const [id, spec] of Object.entries(keys ?? {})) {
    const stated = spec === undefined ? [] : NAMES.filter((name) => name in spec);
    if (spec === undefined || stated.length !== 1) continue;
    const source = sourceOf(spec, surroundings) ?? vaultSource(spec, vaults);
    if (source !== undefined) sources.set(id, source);
  }
  return sources;
}

type KeySpec = Salvaged<Config['keys'][string]>;

function sourceOf(
  { file, directory, env, exec }: KeySpec,
  surroundings: Surroundings,
): KeySource | undefined {
  const { folder } = surroundings;
  if (file !== undefined) return { kind: 'file', path: resolve(folder, file) };
  if (env !== undefined) return { kind: 'env', name: env };
  if (exec !== undefined) return execSource(exec, surroundings);
  if (directory?.path === undefined || directory.name === undefined) return undefined;
  return { kind: 'directory', path: resolve(folder, directory.path), name: directory.name };
}

function vaultSource({ vault }: KeySpec, vaults: Salvaged<Config>['vaults']): KeySource | undefined {
  const { server, mount, path, field, version } = vault ?? {};
  const there = server === undefined ? undefined : vaults?.[server];
  if (server === undefined || mount === undefined || path === undefined || field === undefined)
    return undefined;
  if (vault !== undefined && 'version' in vault && version === undefined) return undefined;
  const address = `${there?.address ?? ''} ${there?.namespace ?? ''}`;
  return { kind: 'vault', server, address, place: { mount, path, field, version } };
}

function execSource(
  { command, timeout, environment }: NonNullable<KeySpec['exec']>,
  { folder, env }: Surroundings,
): KeySource | undefined {
  const [program, ...args] = command ?? [];
  const milliseconds = timeout === undefined ? undefined : parseDuration(timeout);
  const names = ['PATH', ...(environment ?? [])];
  if (program === undefined || milliseconds === undefined) return undefined;
  const whole = [...args, ...names].every((text) => text !== undefined);
  if (!whole) return undefined;
  const path = program.includes('/') && !isAbsolute(program) ? resolve(folder, program) : program;
  const shown = names.flatMap((name) => {
    const value = name === undefined ? undefined : env[name];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  const argv: [string, ...string[]] = [path, ...args.filter((arg) => arg !== undefined)];
  return { kind: 'exec', command: { argv, env: Object.fromEntries(shown), timeout: milliseconds } };
}
