import { cnpg } from './cnpg.ts';
import { loki } from './loki.ts';
import { obs } from './obs.ts';
import { registry } from './registry.ts';
import { restic } from './restic.ts';
import type { Sequence } from './step.ts';
import { velero } from './velero.ts';

/** By the names that `--as` accepts. */
export const SEQUENCES: Readonly<Record<string, Sequence>> = { cnpg, loki, obs, registry, restic, velero };
