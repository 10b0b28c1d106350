import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GUIDES } from '../deploy/guides.ts';
import { openDirect } from '../matrix/direct.ts';
import { BUCKETS, startProxy } from '../matrix/proxy.ts';
import { sandbox } from '../matrix/stores/sandbox.ts';
import { writeCertificates } from '../matrix/tls-files.ts';
import { DEFINITIONS, NOT_SERVED, wrongBy } from './guides/definitions.ts';
import { throughGateway } from './guides/gateway.ts';
import { onHost } from './guides/host.ts';
import { check, equal, summary } from './signed/checks.ts';

/**
 * What the guides say and only the projects themselves can tell: their custom kinds by the definitions of their Go modules, restic
 * and rclone with the permissions of their guide, and versitygw with the proxy as its store. What the matrix has a client for is tried there, with the guides' files.
 */
for (const definition of DEFINITIONS) {
  const objects = GUIDES.flatMap((guide) => guide.objects).filter(({ kind }) => kind === definition.kind);
  await check(`${definition.kind} is what ${definition.module} defines`, async () => {
    equal(objects.length > 0, true);
    for (const object of objects) equal(await wrongBy(definition, object), '');
  });
  await check(`${definition.kind}: a field that there is not is found`, async () => {
    const [object] = objects;
    if (!object) throw new Error('there is none');
    const wrong = await wrongBy(definition, {
      ...object,
      spec: { ...(object['spec'] as object), misspelled: 1 },
    } as typeof object);
    equal(/misspelled/.test(wrong), true);
  });
}
for (const kind of NOT_SERVED) console.log(`skipped ${kind}: no Go module has its definition`);

await onHost();

const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-guides-'));
const cache = join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'ssec-proxy-matrix');
try {
  await mkdir(cache, { recursive: true });
  const tls = await writeCertificates(folder);
  const running = await sandbox.start(folder, tls, cache);
  const proxy = await startProxy(join(folder, 'proxy'), sandbox, running, tls);
  const direct = openDirect(running, await readFile(tls.caFile, 'utf8'), proxy.ssecKey);
  try {
    await direct.createBucket(BUCKETS.sealed);
    await throughGateway(folder, cache, proxy, direct);
  } finally {
    direct.close();
    await proxy.stop();
    await running.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(summary());
