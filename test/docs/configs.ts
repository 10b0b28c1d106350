import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Fence, Page } from '../../scripts/docs/pages.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { configSchema } from '../../src/config/schema.ts';
import { isRecord } from '../../src/json.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { makePair, stubReader, testKey } from '../config/fixture.ts';
import { heredocsOf } from './shell-words.ts';

/** A block of YAML says what it is: a whole config, a part of one, or what is not of ssec-proxy. */
type Kind = 'config' | 'fragment' | 'manifest';

const CHECKS: Readonly<Record<Kind, (text: string) => Promise<readonly string[]>>> = {
  config: configProblems,
  fragment: (text) => Promise.resolve(fragmentProblems(text)),
  manifest: (text) => Promise.resolve(syntaxProblems(text)),
};

/** What is wrong with the YAML of a page. */
export async function wrongYaml(page: Page): Promise<readonly string[]> {
  const found = await Promise.all(
    page.fences.map(async (block) => [block, await problemsOf(block)] as const),
  );
  return found.flatMap(([{ line }, problems]) =>
    problems.map((problem) => `${page.path}:${line}: ${problem}`),
  );
}

async function problemsOf(fence: Fence): Promise<readonly string[]> {
  const { info, text } = fence;
  if (/^ya?ml\b/i.test(info)) return await labelledProblems(fence);
  const written = heredocsOf(text).filter(isConfig);
  const problems = await Promise.all(written.map(configProblems));
  const bare = written.length === 0 && isConfig(text);
  return [...problems.flat(), ...(bare ? [`"${info}": a config must be in a block of yaml config`] : [])];
}

/** Two sections of the top level make a text a config, though it be a wrong one. */
function isConfig(text: string): boolean {
  const names = [...text.matchAll(/^([A-Za-z]+):/gm)].map(([, name = '']) => name);
  return new Set(names.filter((name) => Object.hasOwn(configSchema().shape, name))).size >= 2;
}

function labelledProblems({ info, text }: Fence): Promise<readonly string[]> {
  const [language, kind, ...more] = info.split(' ');
  const check = language === 'yaml' && kind !== undefined && isKind(kind) ? CHECKS[kind] : undefined;
  if (check === undefined || more.length > 0)
    return Promise.resolve([`"${info}": must be yaml config, yaml fragment or yaml manifest`]);
  return check(text);
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(CHECKS, name);
}

/** All that `ssec-proxy check --offline` would say of it, with the files and variables that it names made for it. */
export async function configProblems(text: string): Promise<readonly string[]> {
  const syntax = syntaxProblems(text);
  if (syntax.length > 0) return syntax;
  const folder = '/etc/ssec-proxy';
  const { files, env } = await surroundingsOf(parse(text), folder);
  const readFile = stubReader({ ...files, [`${folder}/config.yaml`]: text });
  const { problems } = await loadConfig(`${folder}/config.yaml`, { env, readFile, offline: true });
  return problems.map((problem) => formatProblem(problem, 'config.yaml'));
}

interface Made {
  readonly files: Record<string, string | Uint8Array>;
  readonly env: Record<string, string>;
}

/** Certificates, keys and secrets for all that a config names. */
async function surroundingsOf(config: unknown, folder: string): Promise<Made> {
  const year = new Date().getUTCFullYear();
  const pair = await makePair(`${year - 1}-01-01`, `${year + 2}-01-01`);
  const made: Made = { files: {}, env: {} };
  const file = (path: unknown, content: string | Uint8Array): void => {
    if (typeof path === 'string') made.files[path.startsWith('/') ? path : join(folder, path)] = content;
  };
  const visit = (node: unknown, inKeys: boolean): void => {
    if (Array.isArray(node)) for (const item of node) visit(item, inKeys);
    if (!isRecord(node)) return;
    const content = inKeys ? keyContent(node) : 'test-secret-of-nobody';
    file(node.file, content);
    if (isRecord(node.directory))
      file(join(String(node.directory.path), String(node.directory.name)), content);
    if (typeof node.env === 'string') made.env[node.env] = inKeys ? String(content) : `test-${node.env}`;
    file(node.cert, pair.cert);
    file(node.ca, pair.cert);
    file(node.clientCa, pair.cert);
    if ('cert' in node) file(node.key, pair.key);
    for (const [name, child] of Object.entries(node)) visit(child, inKeys || name === 'keys');
  };
  visit(config, false);
  return made;
}

function keyContent({ format, file, env, directory }: Record<string, unknown>): string | Uint8Array {
  const bytes = testKey(JSON.stringify([file, env, directory]));
  if (format === 'base64' || format === 'hex') return bytes.toString(format);
  return format === 'velero' ? bytes.toString('hex') : bytes;
}

const BASE = {
  listen: [{ address: '127.0.0.1:0' }],
  upstream: {
    endpoint: 'https://s3.example.org',
    region: 'eu-test-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  },
};

/** A part of a config may leave things out, but not name or mean what there is not. */
function fragmentProblems(text: string): readonly string[] {
  const syntax = syntaxProblems(text);
  if (syntax.length > 0) return syntax;
  const fragment: unknown = parse(text);
  if (!isRecord(fragment)) return ['is not a part of a config, which begins with an option of the top level'];
  const whole = merge(BASE, fragment);
  const { error } = configSchema().safeParse(whole);
  return (error?.issues ?? [])
    .filter(({ path }) => valueAt(whole, path) !== undefined)
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function merge(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((name) => [
      name,
      name in over ? merge(base[name], over[name]) : base[name],
    ]),
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

function syntaxProblems(text: string): readonly string[] {
  return parseAllDocuments(text).flatMap(({ errors }) => errors.map(({ message }) => message));
}
