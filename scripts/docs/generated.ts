import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PROVIDER_NAMES } from '../../src/s3/providers.ts';
import { renderValuesSchema } from './chart/values.ts';
import { renderCommands } from './command-line.ts';
import { renderFile } from './examples.ts';
import { renderMetrics } from './metrics.ts';
import { renderJsonSchema, renderOptions } from './options.ts';
import { renderMeasured } from './performance.ts';
import { isProvider, renderEtags, renderProvider, renderProviders, renderRefusals } from './providers.ts';

/** What stands between `<!-- generated:NAME ARGUMENT -->` and `<!-- /generated -->` on a page, by its name. */
type Renderers = Readonly<Record<string, (argument: string) => string>>;

function renderers(root: string): Renderers {
  return {
    options: renderOptions,
    commands: renderCommands,
    metrics: renderMetrics,
    measured: renderMeasured,
    providers: () => renderProviders(providerPages(root)),
    provider: (name) => {
      if (!isProvider(name)) throw new Error(`there is no provider "${name}"`);
      return renderProvider(name);
    },
    'key-refusals': renderRefusals,
    etags: renderEtags,
    file: (path) => renderFile(root, path),
  };
}

/** A file that `npm run docs` writes, as it should be. */
export interface Generated {
  readonly path: string;
  readonly text: string;
}

/** Every file that is generated, whole or in part. Paths are full. */
export function generated(root: string): readonly Generated[] {
  const pages = globSync('docs/**/*.md', { cwd: root })
    .toSorted()
    .map((path) => join(root, path));
  return [
    { path: join(root, 'config/ssec-proxy.schema.json'), text: renderJsonSchema() },
    { path: join(root, 'deploy/chart/values.schema.json'), text: renderValuesSchema() },
    ...pages
      .map((path) => ({ path, old: readFileSync(path, 'utf8') }))
      .filter(({ old }) => BEGIN.test(old))
      .map(({ path, old }) => ({ path, text: fill(old, renderers(root)) })),
  ];
}

/** Pages that hold what nothing else does, by what is generated there. */
const PLACES: Readonly<Record<string, string>> = {
  options: 'docs/reference/options.md',
  commands: 'docs/reference/command-line.md',
  metrics: 'docs/reference/metrics.md',
  'measured required': 'docs/performance.md',
  'key-refusals': 'docs/reference/keys.md',
  etags: 'docs/reference/etags.md',
  providers: 'docs/stores/index.md',
  ...Object.fromEntries(PROVIDER_NAMES.map((name) => [`provider ${name}`, `docs/stores/${name}.md`])),
};

/** Places that have lost their mark: what stands there can't be found stale. */
export function unmarked(
  root: string,
  read = (path: string) => readFileSync(path, 'utf8'),
): readonly string[] {
  return Object.entries(PLACES).flatMap(([what, path]) =>
    read(join(root, path)).includes(`\n<!-- generated:${what} -->\n`)
      ? []
      : [`${path} has no <!-- generated:${what} --> any more`],
  );
}

/** Those that are not as they should be. */
export function stale(root: string): readonly Generated[] {
  return generated(root).filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
}

/** Only at the beginning of a line: elsewhere a page speaks of it. */
const BEGIN = /^<!-- generated:/m;
const END = '<!-- /generated -->';

/** A page with all of its generated parts made again. @throws Error for a part without an end or with an unknown name */
export function fill(page: string, render: Renderers): string {
  const [before = '', ...parts] = page.split(BEGIN);
  const filled = parts.map((part) => {
    const [head = '', ...rest] = part.split('-->');
    const [name = '', argument = ''] = head.trim().split(' ');
    const body = rest.join('-->');
    const end = body.indexOf(END);
    if (end < 0) throw new Error(`generated:${name} has no ${END}`);
    const write = Object.hasOwn(render, name) ? render[name] : undefined;
    if (write === undefined) throw new Error(`nothing generates "${name}"`);
    return `<!-- generated:${head}-->\n${write(argument)}\n${body.slice(end)}`;
  });
  return [before, ...filled].join('');
}

/** The providers that have a page in docs/stores/. */
function providerPages(root: string): ReadonlySet<string> {
  const pages = globSync('docs/stores/*.md', { cwd: root }).map((path) => basename(path, '.md'));
  return new Set(pages.filter(isProvider));
}
