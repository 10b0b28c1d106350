import { readConfigText } from '../config/config-text.ts';
import { healthPlace } from '../config/health-place.ts';
import { formatProblem } from '../config/problem.ts';
import type { Io } from '../io.ts';
import { configName, configReader } from './config-source.ts';
import { connects, probe } from './probe.ts';

export interface HealthcheckAsked {
  readonly config: string;
  readonly ready: boolean;
}

/** `ssec-proxy healthcheck`; resolves to the exit code: 0 when the proxy of this config lives, 1 when not. */
export async function healthcheck(
  { config, ready }: HealthcheckAsked,
  io: Io,
  limitMs = LIMIT_MS,
): Promise<number> {
  const failed = (why: string): number => {
    io.stderr.write(`${why}\n`);
    return 1;
  };
  const file = configName(config);
  const text = await readConfigText(config, configReader(io));
  if (typeof text !== 'string')
    return failed(
      text
        .problems()
        .map((problem) => formatProblem(problem, file))
        .join('\n'),
    );
  const where = healthPlace(text, file);
  if (where.kind === 'nowhere') return failed(where.why);
  if (where.kind === 'listener' && ready)
    return failed(
      'the admin address is off, and nothing else tells whether the proxy is ready; set admin.address',
    );
  const told =
    where.kind === 'listener'
      ? await connects(where, limitMs)
      : await probe(where, ready ? '/readyz' : '/healthz', limitMs);
  if (!told.well) return failed(told.text);
  io.stdout.write(`${told.text}\n`);
  return 0;
}

/** Far more than a proxy takes that lives, and less than those who ask wait for this command. */
const LIMIT_MS = 5000;
