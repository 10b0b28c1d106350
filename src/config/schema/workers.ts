import * as z from '../zod.ts';

/** More than a machine that runs a proxy has cores; each one takes the memory of a process. */
const MOST_WORKERS = 64;

const WORKERS = `must be auto or a whole number from 1 to ${MOST_WORKERS}`;

const number = () =>
  z
    .int({ error: WORKERS })
    .min(1, { error: 'must be at least 1' })
    .max(MOST_WORKERS, { error: `must be at most ${MOST_WORKERS}` });

export const workersSchema = () =>
  z
    .union([z.literal('auto'), number()], { error: WORKERS })
    .default(1)
    .describe(
      'Processes that serve, each on one core; auto: one for each core that the process may use, by its CPU affinity and ' +
        'the CPU quota of its cgroup, rounded down. With more than one, a further process watches over them, and limits ' +
        'and upstream.limits are divided among them.',
    );
