import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { downloadPackages, type Mirrors } from './apt.ts';
import type { Platform } from './platforms.ts';
import { run } from './run.ts';

const SUITE = 'trixie';

const LIBRARY = /^usr\/lib\/[a-z0-9_]+-linux-gnu\/[^/]+\.so[^/]*$/;
/** Of the C library, what Node.js loads: its own parts, and how names are resolved. */
const C_LIBRARY =
  /^usr\/lib(?:64)?\/(?:[a-z0-9_]+-linux-gnu\/)?(?:ld-linux-[a-z0-9-]+|lib(?:c|m|dl|pthread|rt|resolv|nss_dns|nss_files))\.so\.[0-9]+$/;

/** Debian's packages of which something is in the image, and what. Everything else that they bring stays out. */
export const PACKAGES: Readonly<Record<string, RegExp>> = {
  // The link of a merged /usr, and what scanners tell the release by.
  'base-files':
    /^(?:lib|etc\/os-release|usr\/lib\/os-release|etc\/debian_version|usr\/share\/common-licenses\/.+)$/,
  libc6: C_LIBRARY,
  // The copyright of the next three.
  'gcc-14-base': /^$/,
  'libgcc-s1': LIBRARY,
  'libstdc++6': LIBRARY,
  libatomic1: LIBRARY,
  libjemalloc2: LIBRARY,
  'ca-certificates': /^usr\/share\/ca-certificates\/mozilla\/[^/]+\.crt$/,
  tzdata: /^usr\/share\/zoneinfo\/.+$/,
};

/** A license asks for its text to go with the work. */
const COPYRIGHT = /^usr\/share\/doc\/[^/]+(?:\/copyright)?$/;

/** The part of the root tree that is Debian's: `into` is made. Maintainer scripts are not run, so any architecture can be made. */
export function debianRoot(platform: Platform, mirrors: Mirrors, into: string, work: string): void {
  mkdirSync(into, { recursive: true });
  const wanted = { suite: SUITE, architecture: platform, mirrors };
  const files = downloadPackages(Object.keys(PACKAGES), wanted, join(work, 'apt'));
  for (const [name, keep] of Object.entries(PACKAGES)) {
    const file = files.get(name) ?? '';
    const whole = join(work, 'whole', name);
    mkdirSync(whole, { recursive: true });
    run('dpkg-deb', ['--extract', file, whole]);
    copySome(whole, into, (path) => keep.test(path) || COPYRIGHT.test(path));
    // As other images without dpkg have it, so that scanners find the packages and their versions.
    const status = join(into, 'var/lib/dpkg/status.d', name);
    mkdirSync(dirname(status), { recursive: true });
    writeFileSync(status, run('dpkg-deb', ['--field', file]));
  }
  if (platform === 'amd64') symlinkSync('usr/lib64', join(into, 'lib64'));
  bundleAuthorities(into);
}

function copySome(from: string, into: string, keep: (path: string) => boolean): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name));
    if (entry.isDirectory() || !keep(path)) continue;
    mkdirSync(dirname(join(into, path)), { recursive: true });
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(join(from, path)), join(into, path));
    else copyFileSync(join(from, path), join(into, path));
  }
}

/** What update-ca-certificates makes of the package, in one file. */
function bundleAuthorities(root: string): void {
  const folder = join(root, 'usr/share/ca-certificates/mozilla');
  const texts = readdirSync(folder)
    .toSorted()
    .map((name) => `${readFileSync(join(folder, name), 'utf8').trimEnd()}\n`);
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), texts.join(''));
  rmSync(join(root, 'usr/share/ca-certificates'), { recursive: true });
}
