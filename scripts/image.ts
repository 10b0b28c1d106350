import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ownMirrors } from './image/apt.ts';
import { debianRoot } from './image/debian.ts';
import { nodeRoot } from './image/node.ts';
import { programFiles, systemFiles } from './image/own-files.ts';
import { isPlatform, ownPlatform, type Platform } from './image/platforms.ts';
import { run } from './image/run.ts';
import { settle } from './image/settle.ts';

/**
 * `npm run image`: makes `build/image/`, which the Dockerfile copies: Debian's libraries, Node.js and the program. It needs
 * apt-get and dpkg-deb (Debian, or Ubuntu with debian-archive-keyring), and no root. `--platform` again and again makes it
 * for others, on any machine. The same commit with the same packages makes the same files.
 */
const ROOT = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    platform: { type: 'string', multiple: true },
    /** URLs of Debian's archive and of its security updates, such as those of one day. */
    archive: { type: 'string' },
    security: { type: 'string' },
    into: { type: 'string', default: join(ROOT, 'build/image') },
  },
});

const platforms = values.platform?.map(known) ?? [ownPlatform()];
if ((values.archive === undefined) !== (values.security === undefined))
  throw new Error('--archive and --security go together');
const mirrors =
  values.archive !== undefined && values.security !== undefined
    ? { archive: values.archive, security: values.security }
    : ownMirrors();
const work = mkdtempSync(join(tmpdir(), 'ssec-proxy-image-'));
try {
  rmSync(values.into, { recursive: true, force: true });
  const app = join(values.into, 'app');
  mkdirSync(app, { recursive: true });
  programFiles(ROOT, app);
  for (const platform of platforms) makePlatform(platform);
  settle(values.into, epoch());
  for (const platform of platforms) chmodSync(join(values.into, platform, 'debian/tmp'), 0o1777);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.stdout.write(`${relative(process.cwd(), values.into)}: ${platforms.join(', ')}\n`);

function makePlatform(platform: Platform): void {
  const into = join(values.into, platform);
  debianRoot(platform, mirrors, join(into, 'debian'), join(work, platform, 'debian'));
  systemFiles(join(into, 'debian'));
  nodeRoot(platform, join(into, 'node'), join(work, platform, 'node'));
}

function known(name: string): Platform {
  if (isPlatform(name)) return name;
  throw new Error(`--platform ${name}: must be amd64 or arm64`);
}

/** https://reproducible-builds.org/specs/source-date-epoch/, or the time of the commit. */
function epoch(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  // In a container the checkout may belong to somebody else, which git would refuse.
  const text = given ?? run('git', ['-c', 'safe.directory=*', 'log', '-1', '--format=%ct'], ROOT);
  if (/^\d{1,10}$/.test(text.trim())) return Number(text);
  throw new Error('SOURCE_DATE_EPOCH must be seconds since 1970');
}
