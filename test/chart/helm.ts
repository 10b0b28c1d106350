import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const CHART = join(import.meta.dirname, '../../deploy/chart');
/** The least that the chart takes; every case adds to it. */
export const MINIMAL = join(CHART, 'ci/minimal-values.yaml');
const CASES = join(import.meta.dirname, 'cases');

/** What is installed, by which values. */
export const caseNames = (): readonly string[] =>
  globSync('*.yaml', { cwd: CASES })
    .map((file) => basename(file, '.yaml'))
    .toSorted();

const ObjectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** A Kubernetes object, with its text. */
export type Rendered = z.output<typeof ObjectSchema> & { readonly text: string };

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(command: string, args: readonly string[], input = '', cwd = process.cwd()): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    input,
    cwd,
    timeout: 120_000,
  });
  if (error) throw new Error(`${command} can't be run; npm run test:chart installs it`, { cause: error });
  return { status, stdout, stderr };
}

/** Cases that can't be added to the minimal one, as helm takes nothing away from a map. */
const ALONE: ReadonlySet<string> = new Set(['everything-else', 'vault']);

export function valuesOf(name: string): readonly string[] {
  const own = ['-f', join(CASES, `${name}.yaml`)];
  return ALONE.has(name) ? own : ['-f', MINIMAL, ...own];
}

/** `helm template`, with values beside the minimal ones. */
export function template(args: readonly string[]): Ran {
  return run('helm', ['template', 'ssec-proxy', CHART, '--namespace', 'storage', ...args]);
}

/** @throws Error when helm refuses the values */
export function render(args: readonly string[]): readonly Rendered[] {
  const { status, stdout, stderr } = template(args);
  if (status !== 0) throw new Error(stderr);
  return stdout
    .split(/^---$/m)
    .map((text) => text.replace(/^\n?# Source: .*\n/m, '').trim())
    .filter((text) => text !== '')
    .map((text) => ({ ...ObjectSchema.parse(parsed(text)), text }));
}

/** As Kubernetes reads it, by YAML 1.1. */
function parsed(text: string): unknown {
  const [document] = parseAllDocuments(text, { version: '1.1' });
  if (!document || 'empty' in document) throw new Error('there is no object');
  const [problem] = document.errors;
  if (problem) throw problem;
  return document.toJS();
}
