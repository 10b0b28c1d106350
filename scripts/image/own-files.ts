import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What Debian's maintainer scripts or an administrator would write. */
const SYSTEM: Readonly<Record<string, string>> = {
  // Names for ids, which some runtimes look up. Neither can log in: there is no shell.
  'etc/passwd': 'root:x:0:0:root:/:/nonexistent\nssec-proxy:x:10001:10001:ssec-proxy:/:/nonexistent\n',
  'etc/group': 'root:x:0:\nssec-proxy:x:10001:\n',
  // Without it the C library would ask services that are not in the image.
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/** Where something is mounted, or written when the root is writable. */
const FOLDERS = ['etc/ssec-proxy', 'tmp'];

export function systemFiles(root: string): void {
  for (const [path, text] of Object.entries(SYSTEM)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
}

/** What runs without any package: `npm run build` has made it. */
export const PROGRAM = ['dist', 'package.json', 'LICENSE'];

export function programFiles(checkout: string, into: string): void {
  for (const name of PROGRAM) cpSync(join(checkout, name), join(into, name), { recursive: true });
}
