/** How serious a finding is. `stop`: the proxy does not work at this place. `note`: it is good to know. */
export type Grade = 'fine' | 'note' | 'warning' | 'stop';

/** The result of one check. Texts of the store in it have no secrets, but may contain terminal control characters. */
export interface Finding {
  readonly grade: Grade;
  readonly found: string;
  /** What follows from it, where that is not obvious. */
  readonly meaning?: string;
  /** The command, or the line of the config, that fixes it. */
  readonly fix?: string;
}

export interface Checked extends Finding {
  readonly check: string;
}

/** A store, or the objects of a rule at a store, and all findings about it. */
export interface Section {
  readonly of: 'store' | 'rule';
  readonly title: string;
  readonly findings: readonly Checked[];
}

export function count(sections: readonly Section[], grade: Grade): number {
  return sections.flatMap(({ findings }) => findings).filter((finding) => finding.grade === grade).length;
}

/** 1 with a finding of grade `stop`, otherwise 0. */
export function exitCodeOf(sections: readonly Section[]): 0 | 1 {
  return count(sections, 'stop') > 0 ? 1 : 0;
}
