import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStand } from './stand.ts';
import { carryOut } from './step.ts';
import { CHART_STEPS } from './steps/chart.ts';
import { FIRST_STEPS, LAST_STEPS } from './steps/cluster.ts';
import { STORE_STEPS } from './steps/store.ts';

/*
 * Started by run.ts in network and mount namespaces of its own: every port is free, and what is mounted goes with it.
 */
const [bin = '', minio = '', only = ''] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-kubernetes-'));
const begin = Date.now();
const stand = await startStand({ folder, bin, minio });
console.log(`Kubernetes ${stand.cluster.version} is up after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
try {
  const failed = await carryOut(stand, [...FIRST_STEPS, ...STORE_STEPS, ...CHART_STEPS, ...LAST_STEPS]);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await stand.cluster.stop();
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`logs and files: ${folder}`);
}
