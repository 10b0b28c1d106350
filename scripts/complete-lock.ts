import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Some registry mirrors hold the packages of their own platform only. npm then leaves the optional packages of all
 * others out of package-lock.json, and `npm ci` refuses a lock that misses any. This lays them in, with what their names
 * say of system and processor, so that they are left alone where they don't fit. To be run after each `npm install`.
 */

interface Entry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];
const FILE = 'package-lock.json';

const lock = JSON.parse(readFileSync(FILE, 'utf8')) as { packages: Record<string, Entry> };
const missing = Object.entries(lock.packages).flatMap(([where, { dev, optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(
      ([name]) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${where}/node_modules/${name}`],
    )
    .map(([name, version]) => [`node_modules/${name}`, entryOf(name, version, dev)] as const),
);
Object.assign(lock.packages, Object.fromEntries(missing));
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`${FILE}: ${missing.length} packages of other platforms laid in\n`);

function entryOf(name: string, version: string, dev: boolean | undefined): Entry {
  const words = name.split(/[/.-]/);
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const os = SYSTEMS.find((system) => words.includes(system));
  return {
    version,
    cpu: [cpu ?? 'wasm32'],
    ...(dev === undefined ? {} : { dev }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
    ...(words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {}),
  };
}
