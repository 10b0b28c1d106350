import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { bundle } from '../../scripts/build/bundle.ts';
import { licensesOf } from '../../scripts/build/licenses.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-build-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const { inputs, outputs } = await bundle({ root: ROOT, into: folder });

/** The files of the program that these sources bring when they are loaded, themselves included. */
function loadedBy(...sources: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: other, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') load(other);
  };
  for (const source of sources) {
    const found = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source);
    if (!found) throw new Error(`${source} is not loaded by itself`);
    load(found[0]);
  }
  return loaded;
}

/** Packages, and rooms of `src/`, of which something is in these files. */
function contentOf(files: ReadonlySet<string>): ReadonlySet<string> {
  const paths = [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  return new Set(
    paths.map(
      (path) =>
        /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? path.replace(/^(src\/[^/]+)\/.*/, '$1'),
    ),
  );
}

t.test('a package that is loaded later has its names', (t) => {
  const later = Object.values(inputs).flatMap(({ imports }) =>
    imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external).map(({ path }) => path),
  );
  t.ok(later.some((path) => path.includes('hash-wasm')));
  // All that such a module exports in a bundle is `default`, which is what is taken of aws4.
  const nameless = later.filter((path) => inputs[path]?.format === 'cjs');
  t.same(nameless, ['node_modules/aws4/aws4.js']);
  t.end();
});

const SERVE = ['src/main.ts', 'src/cli/process.ts', 'src/cli/serve.ts'];
const HELP = ['src/main.ts', 'src/cli/process.ts', 'src/cli/run.ts'];

t.test('serve loads nothing that serving does not need', (t) => {
  const content = contentOf(loadedBy(...SERVE));
  for (const needed of ['pino', 'prom-client', 'yaml', 'zod', 'src/proxy']) t.ok(content.has(needed), needed);
  for (const other of [
    '@opentelemetry/api',
    '@opentelemetry/otlp-exporter-base',
    '@opentelemetry/otlp-transformer',
    '@opentelemetry/sdk-trace',
    'src/tracing/otel.ts',
    '@peculiar/x509',
    'age-encryption',
    'aws4',
    'bintrees',
    'commander',
    'hash-wasm',
    'http-proxy',
    'reflect-metadata',
    'src/doctor',
    'src/recover',
    'src/sandbox',
    'src/store-client',
    'src/verify',
  ])
    t.notOk(content.has(other), other);
  t.end();
});

/**
 * To compile them is a third of a start. A master of workers loads nothing of the line, which splits eight files more; in 15
 * interleaved starts that cost nothing that shows. What both sides' waits have in common is one file more, and what the
 * bodies of the line and of the sandbox share is another. What a wrong config should be instead takes 40 KiB. The admin
 * address's table, token and certificates, and what is known of traces without making spans, take 20 KiB. The audit log, the
 * status of all parts and the metrics of requests, stores and the process are 60 modules more, 15 of them prom-client's. What else
 * is on record and told (requests to the admin address, bytes that are no request, a log that is lost) takes 10 KiB. What the
 * injector shares with the line is eight files more. To read a plain list by WebAssembly takes 10 KiB. What has
 * a start that fails end what it began, keeps secrets out of the place of ids and finds edited keys takes 5 KiB. To let go of an old
 * config, and to keep names, aliases and mistakes of a new one within bounds, takes 2 KiB. What pino opens files and threads by is not loaded, which saves 45 KiB.
 */
const MOST = { files: 73, bytes: 1_650_000, modules: 724 };

t.test('serve loads at most so many files and so much code', (t) => {
  const files = [...loadedBy(...SERVE)];
  const bytes = files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  const sources = files.reduce((sum, file) => sum + Object.keys(outputs[file]?.inputs ?? {}).length, 0);
  t.comment(`${files.length} files of ${Math.round(bytes / 1024)} KiB, made of ${sources} modules`);
  t.ok(files.length <= MOST.files, `${files.length} files`);
  t.ok(bytes <= MOST.bytes, `${bytes} bytes`);
  t.ok(sources <= MOST.modules, `${sources} modules`);
  t.end();
});

t.test('help loads the descriptions of commands, and nothing that does their work', (t) => {
  const content = contentOf(loadedBy(...HELP));
  const packages = [...content].filter((name) => !name.startsWith('src/') && !name.includes('builtin:'));
  t.strictSame(packages, ['commander']);
  for (const room of ['src/proxy', 'src/upstream', 'src/listener', 'src/doctor', 'src/sandbox'])
    t.notOk(content.has(room), room);
  t.end();
});

t.test('a file of the program imports other files of it, and nothing else', (t) => {
  const foreign = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  t.strictSame(foreign, []);
  t.end();
});

t.test('an old Node can read the first file, which tells it that it is too old', (t) => {
  const text = readFileSync(join(folder, 'main.js'), 'utf8');
  t.match(text, /^#!.*\n/);
  t.notMatch(text, /^\s*(?:import|export)\b/m);
  t.end();
});

t.test('the start of serve brings no HTTP client and no HTTP/2 of Node', (t) => {
  const tell = `process.on('exit', () => process._rawDebug(JSON.stringify(process.moduleLoadList)))`;
  const { stderr } = runServe(`data:text/javascript,${encodeURIComponent(tell)}`);
  const modules = JSON.parse(stderr.slice(stderr.indexOf('["'))) as string[];
  const loaded = modules.map((name) => name.replace(/^NativeModule /, ''));
  t.ok(loaded.includes('https'));
  for (const other of ['internal/deps/undici/undici', 'http2', 'stream/web'])
    t.notOk(loaded.includes(other), other);
  t.end();
});

t.test('nothing that serve loads reads Web Crypto, which Node makes when it is read', (t) => {
  const files = [...loadedBy(...SERVE)];
  t.ok(files.length > 0);
  for (const file of files) t.notMatch(readFileSync(join(ROOT, file), 'utf8'), /\bwebcrypto\b/, file);
  t.end();
});

/** Loads all that serve loads, and finds no config. */
function runServe(first: string): { readonly stderr: string } {
  const args = ['--import', first, join(folder, 'main.js'), 'serve', join(folder, 'none.yaml')];
  try {
    execFileSync(process.execPath, args, { stdio: 'pipe', env: {} });
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: Buffer; stderr: Buffer };
    if (status === 1 && stdout.includes('none.yaml')) return { stderr: stderr.toString() };
    throw error;
  }
  throw new Error('serve has served without a config');
}

t.test('the licenses name each package that is in the program, with its text', (t) => {
  const used = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const names = new Set(
    used.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const text = licensesOf(ROOT, outputs);
  t.ok(names.size > 10);
  for (const name of names) t.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S`, 'm'), name);
  t.match(text, /Permission is hereby granted/);
  t.throws(() => licensesOf(ROOT, outputOf('node_modules/none-such/index.js')));
  t.end();
});

function outputOf(path: string): typeof outputs {
  return { 'a.js': { bytes: 1, imports: [], exports: [], inputs: { [path]: { bytesInOutput: 1 } } } };
}
