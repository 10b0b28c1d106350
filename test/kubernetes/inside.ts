import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStand } from './stand.ts';
import { carryOut, type Step } from './step.ts';
import { ACCEPTED_STEPS } from './steps/accepted.ts';
import { CHART_STEPS } from './steps/chart.ts';
import { FIRST_STEPS, LAST_STEPS } from './steps/cluster.ts';
import { INJECTOR_STEPS } from './steps/injector.ts';
import { OUTAGE_STEPS } from './steps/outage.ts';
import { STORE_STEPS } from './steps/store.ts';

/*
 * Started by run.ts in namespaces of its own.
 */
const PARTS: Readonly<Record<string, readonly Step[]>> = {
  accepted: ACCEPTED_STEPS,
  chart: CHART_STEPS,
  injector: INJECTOR_STEPS,
  outage: OUTAGE_STEPS,
};

// The first process of its namespace is not ended by a signal that it does not wait for.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const [bin = '', minio = '', parts = ''] = process.argv.slice(2);
const chosen = parts.split(',').flatMap((name) => PARTS[name] ?? []);
const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-kubernetes-'));
const begin = Date.now();
const stand = await startStand({ folder, bin, minio });
console.log(`Kubernetes ${stand.cluster.version} is up after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
try {
  const steps = [...FIRST_STEPS, ...STORE_STEPS, ...chosen, ...LAST_STEPS];
  const failed = await carryOut(stand, steps);
  console.log(
    `${steps.length - failed} passed, ${failed} failed, in ${Math.round((Date.now() - begin) / 1000)} s`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await stand.cluster.stop();
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`logs and files: ${folder}`);
}
