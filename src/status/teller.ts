import type { Around } from './around.ts';
import { documentOf, type Judged, type StatusDocument } from './document.ts';
import type { Facts } from './facts.ts';
import { findingsOf, type Part } from './findings.ts';
import { gather } from './gather.ts';
import { type PartState, partsOf } from './parts.ts';

export interface Told {
  /** Of each process that answers. */
  readonly facts: () => readonly Facts[] | Promise<readonly Facts[]>;
  readonly around: () => Around;
  /** The parts that make it not ready when they are broken. */
  readonly required: () => readonly Part[];
}

/** Says how the proxy is: what requests told, judged together with what is known around them. */
export class Teller {
  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  async document(): Promise<StatusDocument> {
    return documentOf(await this.#judge());
  }

  async parts(): Promise<readonly PartState[]> {
    return (await this.#judge()).parts;
  }

  async #judge(): Promise<Judged> {
    const { facts: ask, around: look, required } = this.#told;
    const facts = gather(await ask());
    const around = look();
    const findings = findingsOf(facts, around);
    return { facts, around, findings, parts: partsOf(facts, around, findings, required()) };
  }
}
