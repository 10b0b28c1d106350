import type { Troubles } from '../admin/health-routes.ts';
import type { Part } from '../health-parts.ts';
import type { Around } from './around.ts';
import { documentOf, type Judged, type StatusDocument } from './document.ts';
import type { Facts } from './facts.ts';
import { findingsOf } from './findings.ts';
import { gather, gatherLogs } from './gather.ts';
import { type PartState, partsOf } from './parts.ts';

interface Told {
  /** Of each process that answers. */
  readonly facts: () => readonly Facts[] | Promise<readonly Facts[]>;
  readonly around: () => Around;
  /** The parts that make it not ready when they are broken. */
  readonly required: () => readonly Part[];
}

/** Of these, `Troubles` say nothing. */
const FURTHER: ReadonlySet<Part> = new Set<Part>([
  'config',
  'stores',
  'credentials',
  'buckets',
  'certificates',
]);

/** Says how the proxy is: what requests told, judged together with what is known around them. */
export class Teller {
  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  /** `/status`. */
  async document(): Promise<StatusDocument> {
    return documentOf(await this.#judge());
  }

  /** `/readyz?verbose`, one line per part. */
  async parts(): Promise<readonly string[]> {
    const { parts } = await this.#judge();
    return parts.map(
      ({ part, of, state, sentence }) => `${state} ${part}${of === undefined ? '' : ` ${of}`}: ${sentence}`,
    );
  }

  /** `/readyz`: what processes say, and what else is broken. */
  async troubles({ notReady, degraded }: Troubles): Promise<Troubles> {
    if (notReady !== undefined) return { notReady };
    const { parts, findings } = await this.#judge();
    const failed = parts.find(({ state }: PartState) => state === 'failed');
    if (failed) return { notReady: failed.sentence };
    const broken = findings.filter(({ state, part }) => state === 'broken' && FURTHER.has(part));
    const all = [...(degraded === undefined ? [] : [degraded]), ...broken.map(({ sentence }) => sentence)];
    return all.length === 0 ? {} : { degraded: all.join('; ') };
  }

  async #judge(): Promise<Judged> {
    const { facts: ask, around: look, required } = this.#told;
    const seen = gather(await ask());
    const around = look();
    const facts = { ...seen, logs: gatherLogs([...seen.logs, ...(around.logs ?? [])]) };
    const findings = findingsOf(facts, around);
    return { facts, around, findings, parts: partsOf(facts, around, findings, required()) };
  }
}
