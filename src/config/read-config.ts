import type { Problem, Report } from './problem.ts';
import { salvage } from './salvage.ts';
import { type Config, configSchema } from './schema.ts';
import { checkSemantics, type SalvagedConfig } from './semantics.ts';
import { checkStructure } from './structure.ts';
import { checkTexts } from './text-checks.ts';
import { readYaml } from './yaml.ts';

export interface ReadConfig {
  /** With its defaults; undefined when its structure is broken. The report may have errors all the same. */
  readonly config: Config | undefined;
  /** What is valid in itself, for checks that need more; undefined when nothing is. */
  readonly parts: SalvagedConfig | undefined;
  readonly report: Report;
}

/** The text of a config by itself: nothing that it names is opened, read or asked. */
export function readConfig(text: string, now: Date, strict = false): ReadConfig {
  const { value, report } = readYaml(text, strict);
  if (value === undefined) return { config: undefined, parts: undefined, report };
  checkTexts(value, report);
  const { config, misspelt } = checkStructure(value, report);
  const salvaged = salvage(configSchema(), value);
  if (salvaged === undefined) return { config: undefined, parts: undefined, report };
  const parts = { ...salvaged, ...Object.fromEntries(misspelt.map((section) => [section, undefined])) };
  checkSemantics(parts, report, now);
  return { config, parts, report };
}

export function isError({ severity }: Problem): boolean {
  return severity === 'error';
}
