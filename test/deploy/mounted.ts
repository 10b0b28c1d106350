import type { ReadFile } from '../../src/files.ts';
import { makePair, testKey } from '../config/fixture.ts';
import type { Example } from './manifest.ts';

export const CONFIG_FILE = '/etc/ssec-proxy/config.yaml';

/** The example's config; for the rest only what a mounted Secret holds, so that a wrong path fails. */
export async function mounted({
  config,
  pod,
  proxy,
  text,
}: Pick<Example, 'config' | 'pod' | 'proxy' | 'text'>): Promise<ReadFile> {
  const pair = await makePair();
  const contents = new Map<string, string | Uint8Array>([[CONFIG_FILE, config]]);
  for (const { name, mountPath } of proxy.volumeMounts) {
    const secretName = pod.volumes.find((volume) => volume.name === name)?.secret?.secretName;
    if (secretName === undefined) continue;
    for (const file of entriesOfSecret(text, secretName)) {
      const path = `${mountPath}/${file}`;
      const pem = { 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': pair.cert }[file];
      contents.set(path, pem ?? (mountPath === '/keys' ? testKey(path) : 'test-secret'));
    }
  }
  return async (path) => {
    const content = contents.get(path);
    if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return { bytes: Buffer.from(content), mode: 0o440, truncated: false };
  };
}

/** The names of a Secret's entries, by the command that the comment of a manifest gives for it. */
export function entriesOfSecret(text: string, secretName: string): string[] {
  const commands = text.replaceAll(/ \\\n# +/g, ' ');
  const [, kind, options = ''] = new RegExp(`create secret (\\w+) ${secretName} (.*)`).exec(commands) ?? [];
  if (kind === 'tls') return ['tls.crt', 'tls.key'];
  return [...options.matchAll(/--from-(?:file|literal)=([^\s=]+)/g)].map(([, entry = '']) => entry);
}
