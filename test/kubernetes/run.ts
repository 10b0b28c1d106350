import { parseArgs } from 'node:util';
import { inside, prepare } from './prepare.ts';

/**
 * `npm run test:kubernetes`: a cluster of real components, on this machine and on its own network, in which the chart and
 * the injector do what they are for. Builds with tools.sh what is not there.
 */
const { values } = parseArgs({
  options: { parts: { type: 'string', default: 'accepted,chart,injector,outage' } },
});
const { bin, minio } = await prepare();
process.exitCode = await inside('inside.ts', [bin, minio, values.parts]);
