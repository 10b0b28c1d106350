import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { run, runLines } from '../program.ts';
import { deedsOf } from '../tool.ts';

export const curl: readonly Client[] = [
  {
    id: 'curl-debian',
    title: 'curl --aws-sigv4',
    quick: true,
    from: { kind: 'debian', name: 'curl', command: 'curl' },
    deeds,
  },
];

/** An S3 client with nothing but signatures. */
async function deeds(target: Target): Promise<Deeds> {
  const settings = join(target.folder, 'curlrc');
  await writeFile(settings, settingsOf(target), { mode: 0o600 });
  const all = (args: readonly string[]): string[] => ['-K', settings, ...args];
  const curl = async (...args: readonly string[]): Promise<void> =>
    void (await run(target.program, all(args)));
  const url = ({ bucket, objectKey }: Place): string =>
    `${target.endpoint}/${bucket}/${encodeURI(objectKey)}`;
  const list = async (bucket: string, prefix: string): Promise<string[]> => {
    const query = `prefix=${encodeURIComponent(prefix)}`;
    const said = await run(target.program, all([`${target.endpoint}/${bucket}/?${query}`]));
    return [...said.toString('utf8').matchAll(/<Key>([^<]*)/g)].map(([, text = '']) => plain(text));
  };
  return deedsOf({
    put: (file, to) => curl('-T', file, url(to)),
    get: (from, file) => curl('-o', file, url(from)),
    range: (from, first, last, file) => curl('-r', `${first}-${last}`, '-o', file, url(from)),
    size: async (of) => {
      const lines = await runLines(target.program, all(['-I', url(of)]));
      return Number(/^content-length: (\d+)$/im.exec(lines.join('\n'))?.[1]);
    },
    list,
    copy: (from, to) =>
      curl('-X', 'PUT', '-H', `x-amz-copy-source: /${from.bucket}/${from.objectKey}`, url(to)),
    remove: (at) => curl('-X', 'DELETE', url(at)),
    removeAll: async (bucket, prefix) => {
      const objects = (await list(bucket, prefix)).map(
        (name) => `<Object><Key>${escaped(name)}</Key></Object>`,
      );
      const document = `<Delete>${objects.join('')}</Delete>`;
      const md5 = createHash('md5').update(document).digest('base64');
      // This curl signs `delete` as it stands, and not as the `delete=` of the canonical form.
      const target_ = `${target.endpoint}/${bucket}/?delete=`;
      await curl('--data-binary', document, '-H', `content-md5: ${md5}`, target_);
    },
  });
}

function settingsOf({ caFile, region, accessKeyId, secretAccessKey }: Target): string {
  return `silent
show-error
fail-with-body
max-time = 120
cacert = "${caFile}"
aws-sigv4 = "aws:amz:${region}:s3"
user = "${accessKeyId}:${secretAccessKey}"
header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
`;
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
