import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { doctor } from '../../../src/cli/doctor.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Checked, Section } from '../../../src/doctor/finding.ts';
import type { ProviderName } from '../../../src/s3/providers.ts';
import { type StoreClient, storeClient } from '../../../src/store-client/client.ts';
import type { RunningStore } from '../../matrix/store.ts';
import { ran } from '../../support/io.ts';

/** What a run of `doctor --json` said. */
export interface Said {
  readonly code: number;
  readonly findings: readonly Checked[];
}

/** Where a store is reached. */
export type Place = Pick<RunningStore, 'endpoint' | 'caFile'>;

/** A bucket at a store, with configs before it. */
export interface DoctorStand {
  /** Writes a config that calls the store by this row, elsewhere when that is given. */
  config(row: ProviderName, place?: Place): Promise<string>;
  doctor(config: string, ...args: readonly string[]): Promise<Said>;
  /** Every version and every upload that lies in the bucket. */
  left(): Promise<readonly string[]>;
  /** Stores a body in plain. */
  putPlain(body: Buffer): Promise<void>;
  close(): void;
}

const BUCKET = 'examined';
const SECRET = 'only-for-the-doctor-suite';

/** @param bytes what every body is made of that is stored */
export async function openStand(
  folder: string,
  running: RunningStore,
  bytes: (size: number) => Buffer,
): Promise<DoctorStand> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'doctor.key'), randomBytes(32), { mode: 0o600 });
  const config: DoctorStand['config'] = async (row, place = running) => {
    const file = join(folder, `${row}-${new URL(place.endpoint).port}.yaml`);
    await writeFile(file, configText(row, { ...running, ...place }), { mode: 0o600 });
    return file;
  };
  const owner = await openOwner(await config('generic'));
  await succeed(owner, { method: 'PUT', bucket: BUCKET });
  const list = async (query: string): Promise<readonly string[]> => {
    const text = await succeed(owner, { method: 'GET', bucket: BUCKET, query: { [query]: undefined } });
    return [...text.matchAll(/<(Version|DeleteMarker|Upload)>.*?<Key>(.*?)<\/Key>/gs)].map(
      ([, kind, objectKey]) => `${kind} ${objectKey}`,
    );
  };
  return {
    config,
    doctor: async (file, ...args) => {
      const { code, stdout, stderr } = await ran(
        (given, io) => doctor(given, io, { bytes }),
        [file, '--json', ...args],
      );
      if (stdout === '') throw new Error(stderr);
      const { sections } = JSON.parse(stdout) as { sections: readonly Section[] };
      return { code, findings: sections.flatMap(({ findings }) => findings) };
    },
    left: async () => [...(await list('versions')), ...(await list('uploads'))],
    putPlain: async (body) =>
      void (await succeed(owner, { method: 'PUT', bucket: BUCKET, objectKey: 'plain', body })),
    close: () => owner.close(),
  };
}

async function openOwner(file: string): Promise<StoreClient> {
  const { snapshot, problems } = await loadConfig(file);
  if (!snapshot) throw new Error(JSON.stringify(problems));
  return storeClient(snapshot.upstream, {
    now: () => new Date(),
    random: Math.random,
    signal: AbortSignal.timeout(1_800_000),
    connections: 2,
  });
}

async function succeed(client: StoreClient, request: Parameters<StoreClient['send']>[0]): Promise<string> {
  const response = await client.send(request);
  const text = Buffer.concat(await response.toArray()).toString('utf8');
  const status = response.statusCode ?? 0;
  if (status > 299) throw new Error(`${request.method} is answered ${status}: ${text.slice(0, 300)}`);
  return text;
}

function configText(row: ProviderName, { endpoint, region, caFile, credentials }: RunningStore): string {
  return `listen: [{ address: "127.0.0.1:0" }]
upstream:
  endpoint: ${endpoint}
  region: ${region}
  provider: ${row}
  addressing: path
  ca: ${caFile}
  credentials: { accessKeyId: ${credentials.accessKeyId}, secretAccessKey: ${credentials.secretAccessKey} }
clients:
  - { accessKeyId: app, secretAccessKey: ${SECRET}, allow: [{ bucket: ${BUCKET}, actions: [read, write, list, delete] }] }
keys:
  doctor: { file: doctor.key }
rules:
  - { match: { bucket: ${BUCKET} }, encrypt: [doctor] }
`;
}
