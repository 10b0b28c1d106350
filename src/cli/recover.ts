import { resolve } from 'node:path';
import type { Io } from '../io.ts';
import { configIdOf } from '../keys/derive.ts';
import type { SseKey } from '../keys/key.ts';
import { instructions } from '../recover/instructions.ts';
import { type CandidateKeys, candidateKeys } from '../snapshot/candidate-keys.ts';
import { waitsOf } from '../snapshot/edited-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { upstreamOf } from '../snapshot/upstream-of.ts';
import { type StoreClient, storeClient } from '../store-client/client.ts';
import { type Listed, listAll } from '../store-client/list.ts';
import { type Opening, openVersion, type Version } from '../store-client/open.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { bytes } from '../verify/figures.ts';
import { printable, urlOf } from '../verify/result.ts';
import { UsageError } from './command.ts';
import { RECOVER_NEEDS } from './commands/needs.ts';
import { openConfig } from './opening.ts';
import { writeSecretFile } from './secret-file.ts';

export interface RecoverAsked {
  readonly config: string;
  readonly object: Omit<Version, 'versionId'>;
  readonly versionId: string | undefined;
  readonly reveal: boolean;
  readonly yes: boolean;
  /** Where the key goes. */
  readonly writeKey: string | undefined;
}

/** `ssec-proxy recover`; resolves to the exit code: 0 when it can be read, 1 when not, 2 for a wrong command line. */
export async function recover(asked: RecoverAsked, io: Io): Promise<number> {
  if (asked.reveal && !asked.yes && io.stdout.isTTY !== true) {
    throw new UsageError(
      '--reveal prints the key, and the output is not a terminal; add --yes if you mean it',
    );
  }
  const snapshot = await openConfig(asked.config, io, {
    ...RECOVER_NEEDS,
    buckets: [asked.object.bucket],
  });
  if (!snapshot) return 1;
  const signal = AbortSignal.timeout(LIMIT_MS);
  const upstream = upstreamOf(snapshot, asked.object.bucket);
  const client = storeClient(upstream, {
    clock: () => new Date(),
    random: Math.random,
    signal,
    connections: 2,
  });
  try {
    for (const { id, cause } of waitsOf(snapshot)) io.stderr.write(`not tried: keys.${id}: ${cause}\n`);
    return await find(asked, { snapshot, upstream, client, io });
  } catch (error) {
    io.stderr.write(
      `the store could not be asked: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 1;
  } finally {
    client.close();
  }
}

const LIMIT_MS = 10 * 60_000;

interface Finding {
  readonly snapshot: Snapshot;
  readonly upstream: Upstream;
  readonly client: StoreClient;
  readonly io: Io;
}

async function find(asked: RecoverAsked, { snapshot, upstream, client, io }: Finding): Promise<number> {
  const { object, versionId } = asked;
  const version = { ...object, versionId };
  const keyFile = asked.writeKey === undefined ? undefined : resolve(asked.writeKey);
  const candidates = candidateKeys(snapshot.rules, version);
  const { provider } = upstream;
  const opening = await openVersion(version, { client, provider, ssecKeys: candidates.ssecKeys });
  if (opening.kind !== 'opens' && opening.kind !== 'plain') {
    io.stderr.write(`${urlOf(version.bucket, version.objectKey)}: ${whyNot(opening)}\n`);
    return 1;
  }
  io.stdout.write(found(version, opening, candidates));
  if (!asked.reveal) {
    io.stdout.write('\n--reveal prints how to read it without the proxy.\n');
    return 0;
  }
  const ssecKey = opening.kind === 'opens' ? opening.ssecKey : undefined;
  if (keyFile !== undefined && ssecKey) {
    const failure = await writeSecretFile(keyFile, Buffer.from(ssecKey.base64, 'base64'));
    if (failure !== undefined) {
      io.stderr.write(`${keyFile} was not written: ${failure}\n`);
      return 1;
    }
  }
  const modified = version.versionId === undefined ? undefined : await modifiedOf(version, client);
  const recovery = { version, modified, ssecKey, keyFile };
  io.stdout.write(`\n${instructions(recovery, upstream)}`);
  return 0;
}

/** What was found, without anything secret. */
function found(
  { bucket, objectKey }: Version,
  opening: Extract<Opening, { kind: 'opens' | 'plain' }>,
  { rule, holds }: CandidateKeys,
): string {
  const { headers } = opening;
  const [, total] = /\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  const version = headers['x-amz-version-id'];
  const key = opening.kind === 'opens' ? opening.ssecKey : undefined;
  const lines = [
    ['version', typeof version === 'string' ? printable(version) : 'the only one'],
    ['size', bytes(Number(total ?? headers['content-length'] ?? 0))],
    ['rule', rule],
    ['key', key ? keyName(key) : 'none: it is stored in plain'],
    ...(key && !holds(key)
      ? [['', `the ring of its rule does not hold this key: the proxy can't read it`]]
      : []),
  ];
  const text = lines.map(([name = '', value = '']) => `  ${name.padEnd(8)} ${value}`);
  return `${urlOf(bucket, objectKey)}\n${text.join('\n')}\n`;
}

function keyName(ssecKey: SseKey): string {
  const { id, derived } = configIdOf(ssecKey);
  return `${derived ? `derived from ${id} for this object` : id} (fingerprint ${ssecKey.fingerprint})`;
}

function whyNot(opening: Exclude<Opening, { kind: 'opens' | 'plain' }>): string {
  if (opening.kind === 'sealed') return 'it is encrypted, and no key of the config opens it';
  if (opening.kind === 'absent') {
    return 'there is no such object or version; where a delete marker stands before it, --version-id reads what is behind';
  }
  const { status, code, message } = opening.failure;
  return `the store refuses it: ${status} ${code}: ${printable(message)}`;
}

/** When a version was stored, to the millisecond, which headers do not say. */
async function modifiedOf(
  { bucket, objectKey, versionId }: Version,
  client: StoreClient,
): Promise<Date | undefined> {
  const { entries } = await listAll(client, { bucket, prefix: objectKey });
  const isIt = (listed: Listed): boolean => listed.objectKey === objectKey && listed.id === versionId;
  for await (const listed of entries) {
    if (listed.objectKey !== objectKey) return undefined;
    if (isIt(listed)) return listed.current ? undefined : listed.modified;
  }
  return undefined;
}
