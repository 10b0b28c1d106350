import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../../scripts/docs/pages.ts';
import { MINIMAL, render } from './helm.ts';
import { programOf, servingPod } from './pods.ts';

const page = (name: string): string => readFileSync(join(ROOT, 'docs/operate', name), 'utf8');

/** The limit in MiB, with such values beside the minimal ones. */
function limitOf(...sets: readonly string[]): number {
  const objects = render(['-f', MINIMAL, ...sets.flatMap((set) => ['--set', set])]);
  return Number(/^(\d+)Mi$/.exec(programOf(servingPod(objects)).resources.limits.memory)?.[1]);
}

/** The figures of a formula on a page, in the order of the expression's groups. */
function figures(text: string, formula: RegExp): readonly number[] {
  return (formula.exec(text) ?? []).slice(1).map(Number);
}

const [base = 0, idle = 0, used = 0, transfer = 0] = figures(
  page('sizing.md'),
  /^(\d+) MiB \+ (\d+) KiB for each open connection \((\d+) KiB after a request\) \+ ([\d.]+) MiB for each slow transfer$/m,
);
const [shared = 0, process = 0] = figures(
  page('workers.md'),
  /^memory = (\d+) MiB \+ \(workers \+ 1\) × (\d+) MiB \+ connections and transfers$/m,
);

/** What each process keeps for itself with the limits by default: lists, documents, the log's buffer, what it remembers. */
const OWN = 32 + 8 + 1 + 10;
const HEADROOM = 1.25;

/** The formula of the pages, with a quarter on top; `workers` above one have a master. */
function wanted({
  connections = 512,
  toStores = 384,
  refusals = 64,
  workers = 1,
  unsized = 0,
}: Limits): number {
  const transfers = Math.min(connections, toStores);
  const processes = workers > 1 ? shared + (workers + 1) * process : base;
  const open = ((connections - transfers) * used + refusals * idle) / 1024;
  return HEADROOM * (processes + transfers * transfer + open + workers * (OWN + unsized));
}

interface Limits {
  readonly connections?: number;
  readonly toStores?: number;
  readonly refusals?: number;
  readonly workers?: number;
  /** MiB of bodies of unknown length. */
  readonly unsized?: number;
}

const store = (name: string, connections: number): readonly string[] => [
  `config.upstreams.${name}.endpoint=https://${name}.example.com`,
  `config.upstreams.${name}.region=${name}`,
  `config.upstreams.${name}.credentials.accessKeyId=a`,
  `config.upstreams.${name}.credentials.secretAccessKey.env=A`,
  `config.upstreams.${name}.limits.connections=${connections}`,
  'env[0].name=A',
];

const CASES: readonly (readonly [what: string, sets: readonly string[], limits: Limits])[] = [
  ['by default', [], {}],
  ['many connections', ['config.limits.connections=5000'], { connections: 5000 }],
  ['few connections', ['config.limits.connections=100'], { connections: 100 }],
  [
    'many slow transfers',
    ['config.limits.connections=2000', 'config.upstream.limits.connections=2000'],
    { connections: 2000, toStores: 2000 },
  ],
  [
    'a second store',
    ['config.limits.connections=3000', ...store('b', 1000)],
    { connections: 3000, toStores: 1384 },
  ],
  ['refusals', ['config.limits.refusals=1000'], { refusals: 1000 }],
  ['clients of OBS', ['config.obs=true'], { unsized: 64 }],
  ['no clients of OBS', ['config.obs=false', 'config.limits.unsizedBodies=256MiB'], {}],
  [
    'clients of OBS, whose bodies have more room, and workers',
    ['config.obs=true', 'config.limits.unsizedBodies=256MiB', 'config.workers=4'],
    { unsized: 256, workers: 4 },
  ],
  ['workers', ['config.workers=4'], { workers: 4 }],
  ['workers by the cores of the pod', ['config.workers=auto', 'resources.limits.cpu=3500m'], { workers: 3 }],
  ['half a core', ['config.workers=auto', 'resources.limits.cpu=500m'], { workers: 1 }],
];

t.test('the pages have the formula', (t) => {
  t.strictSame(
    [base, idle, used, transfer, shared, process].filter((figure) => !(figure > 0)),
    [],
  );
  t.end();
});

for (const [what, sets, limits] of CASES)
  t.test(`the memory limit is what the formula of the pages says: ${what}`, (t) => {
    const limit = limitOf(...sets);
    const least = wanted(limits);
    // In steps of 16 MiB, rounded up; a process of one has a MiB more in one page than in the other.
    t.ok(limit >= least - 2 && limit <= least + 18, `${limit} MiB for ${least.toFixed(1)} MiB`);
    t.end();
  });

t.test('what each process keeps is multiplied by the workers', (t) => {
  const more = limitOf('config.workers=4', 'config.limits.documents=128MiB') - limitOf('config.workers=4');
  t.ok(Math.abs(more - HEADROOM * 4 * 96) <= 16, `${more} MiB`);
  const remembered = limitOf('config.memory.objects=5000000') - limitOf();
  // 10 MB for the 70,000 by default.
  t.ok(Math.abs(remembered - (HEADROOM * (4_950_000 / 70_000) * 10_000) / 1024) <= 20, `${remembered} MiB`);
  t.end();
});

t.test('measured loads of the page stay below the limit that their connections give', (t) => {
  const sizing = page('sizing.md');
  const measured = (row: RegExp): number => Number(row.exec(sizing)?.[1]);
  const rows = [
    [
      measured(/^\| 5,000 clients that have connected .* \| (\d+) MiB at the peak/m),
      ['config.limits.connections=5000'],
    ],
    [
      measured(/^\| 1,000 clients that read objects .* \| (\d+) MiB at the peak/m),
      ['config.limits.connections=1000', 'config.upstream.limits.connections=1000'],
    ],
    [measured(/^\| all limits at once: .* \| (\d+) MiB \| \d+ MiB \|$/m), []],
  ] as const;
  for (const [peak, sets] of rows) {
    t.ok(peak > 0, 'the row is there');
    t.ok(limitOf(...sets) > peak, `${peak} MiB`);
  }
  t.end();
});

t.test('a limit of the values counts more', (t) => {
  t.equal(limitOf('resources.limits.memory=77Mi'), 77);
  t.end();
});
