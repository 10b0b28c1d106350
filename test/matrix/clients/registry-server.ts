import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { Target } from '../client.ts';
import { registrySettings } from '../guide.ts';
import { run } from '../program.ts';
import { end } from '../proxy.ts';
import { freePort } from '../stores/free-port.ts';
import { untilReady } from '../stores/ready.ts';

/** What is set, of the storage, besides where it is. */
export interface Storage {
  /** Of a blob: its bytes, or a redirect to a presigned link. */
  readonly redirect?: boolean;
  /** Moves what is larger by UploadPartCopy; bytes. */
  readonly copyInPartsAbove?: number;
}

const MIB = 1 << 20;

/** A registry that serves on loopback while `use` runs; `root` is where its storage begins. Gives what `use` gives. */
export async function withRegistry<T>(
  target: Target,
  root: Place,
  storage: Storage,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const config = await writeConfig(target, root, storage, port);
  const child = spawn(target.program, ['serve', config], { stdio: 'ignore', env: envOf(target) });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(`${url}/v2/`, child);
    return await use(url);
  } finally {
    await end(child);
  }
}

/** Deletes what no manifest refers to; the registry may not serve meanwhile. */
export async function collectGarbage(target: Target, root: Place): Promise<void> {
  const config = await writeConfig(target, root, {}, '0');
  await run(target.program, ['garbage-collect', config], { env: envOf(target) });
}

function envOf({ caFile, folder, accessKeyId, secretAccessKey }: Target): Record<string, string> {
  return {
    HOME: folder,
    SSL_CERT_FILE: caFile,
    OTEL_TRACES_EXPORTER: 'none',
    REGISTRY_STORAGE_S3_ACCESSKEY: accessKeyId,
    REGISTRY_STORAGE_S3_SECRETKEY: secretAccessKey,
    REGISTRY_HTTP_SECRET: randomBytes(16).toString('hex'),
  };
}

/** The guide's, which its users copy. */
async function writeConfig(target: Target, root: Place, storage: Storage, port: string): Promise<string> {
  const { redirect = false, copyInPartsAbove = 32 * MIB } = storage;
  const guide = registrySettings(target, root);
  const settings = {
    ...guide,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      ...guide.storage,
      s3: {
        ...guide.storage.s3,
        chunksize: 5 * MIB,
        multipartcopythresholdsize: copyInPartsAbove,
        multipartcopychunksize: 5 * MIB,
      },
      ...(redirect ? { redirect: { disable: false } } : {}),
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `127.0.0.1:${port}` },
  };
  const file = join(target.folder, 'registry.yml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return file;
}
