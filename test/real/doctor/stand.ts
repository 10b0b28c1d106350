import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DoctorAsked, doctor } from '../../../src/cli/doctor.ts';
import type { Checked, Section } from '../../../src/doctor/finding.ts';
import type { ProviderName } from '../../../src/s3/providers.ts';
import { loadConfig } from '../../../src/snapshot/load.ts';
import { type StoreClient, storeClient } from '../../../src/store-client/client.ts';
import type { RunningStore } from '../../matrix/store.ts';
import { commandLine } from '../../support/command.ts';
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
  /** Every version, or every object where there are no versions, and every upload that lies in the bucket. */
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
  textOf(await ask(owner, { method: 'PUT', bucket: BUCKET }));
  const list = (query: NonNullable<Request['query']>): Promise<Answer> =>
    ask(owner, { method: 'GET', bucket: BUCKET, query });
  return {
    config,
    doctor: async (file, ...args) => {
      const { code, stdout, stderr } = await ran(
        commandLine<DoctorAsked>('doctor', (asked, io) => doctor(asked, io, { bytes })),
        [file, '--json', ...args],
      );
      if (stdout === '') throw new Error(stderr);
      const { sections } = JSON.parse(stdout) as { sections: readonly Section[] };
      return { code, findings: sections.flatMap(({ findings }) => findings) };
    },
    left: async () => {
      const versions = await list({ versions: undefined });
      // A store without versions has objects alone.
      const stored = versions.status === 501 ? await list({ 'list-type': '2' }) : versions;
      return [stored, await list({ uploads: undefined })].map(textOf).flatMap(entriesOf);
    },
    putPlain: async (body) =>
      void textOf(await ask(owner, { method: 'PUT', bucket: BUCKET, objectKey: 'plain', body })),
    close: () => owner.close(),
  };
}

async function openOwner(file: string): Promise<StoreClient> {
  const { snapshot, problems } = await loadConfig(file);
  if (!snapshot) throw new Error(JSON.stringify(problems));
  return storeClient(snapshot.upstream, {
    clock: () => new Date(),
    random: Math.random,
    signal: AbortSignal.timeout(1_800_000),
    connections: 2,
  });
}

type Request = Parameters<StoreClient['send']>[0];

interface Answer {
  readonly asked: string;
  readonly status: number;
  readonly text: string;
}

async function ask(client: StoreClient, request: Request): Promise<Answer> {
  const response = await client.send(request);
  const text = Buffer.concat(await response.toArray()).toString('utf8');
  return { asked: request.method, status: response.statusCode ?? 0, text };
}

function textOf({ asked, status, text }: Answer): string {
  if (status > 299) throw new Error(`${asked} is answered ${status}: ${text.slice(0, 300)}`);
  return text;
}

function entriesOf(list: string): readonly string[] {
  const entries = list.matchAll(/<(Version|DeleteMarker|Contents|Upload)>.*?<Key>(.*?)<\/Key>/gs);
  return [...entries].map(([, kind, objectKey]) => `${kind} ${objectKey}`);
}

function configText(row: ProviderName, { endpoint, region, caFile, credentials }: RunningStore): string {
  return `listen: [{ address: "127.0.0.1:0" }]
obs: true
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
