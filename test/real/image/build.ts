import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Platform } from '../../../scripts/image/platforms.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Any time: it only has to be the same for two builds. */
const EPOCH = '1767225600';

/** A program to its end, and what it printed. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** What `npm run image` makes for a Dockerfile's context, in an empty folder, as somebody with this umask. */
export async function makeContext(
  folder: string,
  platforms: readonly Platform[],
  umask: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['Dockerfile', '.dockerignore']) await cp(join(ROOT, name), join(folder, name));
  const wanted = platforms.flatMap((platform) => ['--platform', platform]);
  const line = 'umask "$1"; shift; exec "$@"';
  const script = [process.execPath, join(ROOT, 'scripts/image.ts'), '--into', join(folder, 'build/image')];
  await run('env', [`SOURCE_DATE_EPOCH=${EPOCH}`, 'sh', '-c', line, 'sh', umask, ...script, ...wanted]);
}

export interface Image {
  /** As the builder tells of it. */
  readonly about: About;
  /** Writes it as an OCI layout, and resolves to the digest by which a registry would have it. */
  readonly layout: (path: string) => Promise<string>;
}

interface About {
  readonly OCIv1: { readonly architecture: string };
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Env: readonly string[];
      readonly Labels: Readonly<Record<string, string>>;
      readonly ExposedPorts: object;
      readonly Healthcheck?: { readonly Test: readonly string[] };
    };
  };
}

/**
 * Builds the shipped Dockerfile with buildah, in a storage of its own: nothing of another build is there.
 * @param format Docker's has the health check. OCI's has nothing of the machine that built it; Docker's has its host name
 */
export async function buildImage(
  { context, storage }: { readonly context: string; readonly storage: string },
  platform: Platform,
  format: 'oci' | 'docker' = 'oci',
): Promise<Image> {
  const own = ['--storage-driver', 'vfs', '--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
  const buildah = (...args: string[]): Promise<string> => run('buildah', [...own, ...args]);
  const how = ['--quiet', '--isolation', 'chroot', '--no-cache', '--timestamp', EPOCH, '--format', format];
  const id = (await buildah('bud', ...how, '--platform', `linux/${platform}`, context)).trim();
  return {
    about: JSON.parse(await buildah('inspect', '--type', 'image', id)) as About,
    layout: async (path) => {
      await buildah('push', '--quiet', id, `oci:${path}:test`);
      const index = JSON.parse(await readFile(join(path, 'index.json'), 'utf8')) as Index;
      return index.manifests[0]?.digest ?? '';
    },
  };
}

interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}
