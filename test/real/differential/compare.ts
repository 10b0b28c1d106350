import { UPLOAD_CHECKSUMS } from './cases/upload-checksums.ts';
import { KNOWN, type Known } from './known.ts';
import { type Outcome, succeeded, textOf, wasTried } from './outcome.ts';

/** What the stores answered to one case, by their ids. */
export type Answers = ReadonlyMap<string, Outcome>;

interface Difference {
  readonly name: string;
  /** `laxer`: the sandbox takes what another refuses. `unlike`: no other answers as it does. */
  readonly kind: 'laxer' | 'unlike';
  readonly answers: Answers;
  readonly known: Known | undefined;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Entries of the list that fit no difference, or also what is none. */
  readonly stale: readonly Known[];
}

const SUBJECT = 'sandbox';
/** SeaweedFS is asked for its row alone: what it takes says nothing of S3. */
const MEASURE = ['ceph', 'minio'];
/**
 * The Versity gateway takes SSE-C headers without a word, so it judges nothing that is encrypted; but it shares no code
 * with the sandbox and keeps account of checksums, which Ceph does not and MinIO in its own way.
 */
const MEASURE_OF_CHECKSUMS = ['versitygw'];
/** Of two answers with the same status and code, what has to be the same too. */
const FACETS = ['echo', 'etag', 'bytes', 'left', 'shown'] as const;

/** How the sandbox differs from all the others, case by case. */
export function compare(cases: ReadonlyMap<string, Answers>, known: readonly Known[] = KNOWN): Comparison {
  const differences: Difference[] = [];
  const excused = new Map<Known, boolean>();
  for (const [name, answers] of cases) {
    const entry = known.find(({ cases }) => new RegExp(`^(?:${cases.source})$`).test(name));
    const measure = name.startsWith(UPLOAD_CHECKSUMS) ? MEASURE_OF_CHECKSUMS : MEASURE;
    const kind = kindOf(answers, measure);
    const meant = entry !== undefined && kind === (entry.laxer ? 'laxer' : 'unlike');
    if (entry) excused.set(entry, (excused.get(entry) ?? true) && meant);
    if (kind) differences.push({ name, kind, answers, known: meant ? entry : undefined });
  }
  return { differences, stale: known.filter((entry) => excused.get(entry) !== true) };
}

function kindOf(answers: Answers, measure: readonly string[]): Difference['kind'] | undefined {
  const own = answers.get(SUBJECT);
  if (!own) return undefined;
  const others = measure.flatMap((id) => answers.get(id) ?? []).filter(wasTried);
  if (!wasTried(own)) return 'unlike';
  // 501 is no strictness: the store has no such thing.
  if (succeeded(own) && others.some((other) => !succeeded(other) && other.status !== 501)) return 'laxer';
  if (others.length === 0) return undefined;
  const alike = others.filter(({ status, code }) => status === own.status && code === own.code);
  const same = FACETS.every((facet) =>
    alike.some((other) => facetText(other, facet) === facetText(own, facet)),
  );
  return alike.length > 0 && same ? undefined : 'unlike';
}

function facetText(outcome: Outcome, facet: (typeof FACETS)[number]): string {
  return String(outcome[facet]);
}

/** The table that is printed; `all` shows the known ones line by line, too. */
export function printed({ differences, stale }: Comparison, all: boolean): string {
  const lines: string[] = [];
  for (const entry of KNOWN) {
    const own = differences.filter(({ known }) => known === entry);
    if (own.length === 0) continue;
    lines.push('', `known, ${own.length}: ${entry.why}`, ...(entry.source ? [`  ${entry.source}`] : []));
    if (all) lines.push(...own.flatMap(linesOf));
    else lines.push(...own.map(({ name, kind }) => `  ${kind}: ${name}`));
  }
  const unknown = differences.filter(({ known }) => known === undefined);
  for (const difference of unknown) lines.push('', 'UNKNOWN', ...linesOf(difference));
  for (const { cases, why } of stale)
    lines.push('', `NO DIFFERENCE, at least in one case of ${cases.source} (${why})`);
  return lines.join('\n');
}

function linesOf({ name, kind, answers }: Difference): string[] {
  const rows = [...answers].map(([id, outcome]) => `    ${id.padEnd(10)} ${textOf(outcome)}`);
  return [`  ${kind}: ${name}`, ...rows];
}
