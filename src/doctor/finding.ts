/** How much a finding weighs. `stop`: with it, the proxy does not work at this place. `note`: it is to be known. */
export type Grade = 'fine' | 'note' | 'warning' | 'stop';

/** What one check says. Texts of the store in it were made safe, and may still hold what steers a terminal. */
export interface Finding {
  readonly grade: Grade;
  readonly found: string;
  /** What comes of it, where that is not plain. */
  readonly meaning?: string;
  /** The command, or the line of the config, that mends it. */
  readonly mend?: string;
}

export interface Checked extends Finding {
  readonly check: string;
}

/** A store, or the objects of a rule at a store, and all that was found there. */
export interface Section {
  readonly of: 'store' | 'rule';
  readonly title: string;
  readonly findings: readonly Checked[];
}

export function count(sections: readonly Section[], grade: Grade): number {
  return sections.flatMap(({ findings }) => findings).filter((finding) => finding.grade === grade).length;
}

/** 1 with a finding that stops work, else 0. */
export function exitCodeOf(sections: readonly Section[]): 0 | 1 {
  return count(sections, 'stop') > 0 ? 1 : 0;
}
