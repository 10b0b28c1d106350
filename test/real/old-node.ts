import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What old versions of Node say: one line, and which version is needed. Each is an npm package, unpacked in a temporary
 * folder. `src/main.ts` is left out where Node does not know types: it refuses the name before it reads the file.
 */
const VERSIONS = [
  { version: '14.21.3', files: ['dist/main.js'] },
  { version: '18.20.8', files: ['dist/main.js'] },
  { version: '22.23.3', files: ['dist/main.js', 'src/main.ts'] },
];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-old-node-'));
let failures = 0;
try {
  for (const { version, files } of VERSIONS) {
    const node = install(version);
    for (const file of files) {
      const { status, stdout, stderr } = spawnSync(node, [join(ROOT, file), 'serve', 'none.yaml'], {
        encoding: 'utf8',
      });
      const wanted = `ssec-proxy needs Node.js 24 or newer; this is Node.js ${version}\n`;
      const fine = status === 1 && stdout === '' && stderr === wanted;
      if (!fine) failures++;
      process.stdout.write(`${fine ? 'ok' : 'NOT OK'}  ${file} on Node.js ${version}: ${status}, ${stderr}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

function install(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const packed = execFileSync('npm', ['pack', '--silent', `${name}@${version}`], options).trim();
  execFileSync('tar', ['xzf', packed, 'package/bin/node'], options);
  const node = join(folder, version);
  execFileSync('mv', ['package/bin/node', node], options);
  return node;
}
