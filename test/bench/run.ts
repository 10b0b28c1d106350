import { join } from 'node:path';
import { wrk } from './load/wrk.ts';
import { median, spread } from './measure/median.ts';
import { interleaved } from './measure/rounds.ts';
import { makeGround } from './stand/ground.ts';
import { bodyOf } from './stand/objects.ts';
import { startOrigin } from './stand/origin.ts';
import { startProxy } from './stand/proxy.ts';
import { startPlainNginx, startSigningNginx } from './stand/relays.ts';

const main = join(import.meta.dirname, '../../dist/main.js');
const ground = await makeGround();
const origin = await startOrigin(ground);
const contestants = [
  origin,
  await startPlainNginx(ground, origin),
  await startSigningNginx(ground, origin),
  await startProxy(ground, 'ours', { main, store: origin }),
];
try {
  const calls = Array.from({ length: 256 }, (_, i) => ({ method: 'GET' as const, path: `/bench/1k/${i}` }));
  const samples = await interleaved(contestants, 3, (contestant, warming) =>
    wrk(ground, contestant, { calls, body: bodyOf('1k'), connections: 16, seconds: warming ? 1 : 2 }),
  );
  for (const [name, each] of samples) {
    const cpu = each.map((one) => one.cpu);
    const kib = each.map((one) => one.kib);
    process.stdout.write(
      `${name.padEnd(8)} ${median(cpu).toFixed(1)} µs ±${(spread(cpu) * 50).toFixed(0)} %  ${median(kib).toFixed(1)} KiB  ${median(each.map((one) => one.rate)).toFixed(0)}/s\n`,
    );
  }
} finally {
  for (const contestant of contestants.toReversed()) await contestant.stop();
  await ground.remove();
}
