import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { AtEnd, Client, Target } from '../client.ts';
import { openDialogue } from '../dialogue.ts';
import { run } from '../program.ts';
import { deedsOf, type Tool } from '../tool.ts';

const project = join(import.meta.dirname, 'java');

const SDK = { title: 'AWS SDK for Java', quick: false };

export const sdkJava: readonly Client[] = [
  {
    id: 'sdk-java',
    ...SDK,
    from: { kind: 'maven', project, profile: 'Sdk2', artifact: 's3', known: '2.56.0' },
    deeds: async (target, atEnd) =>
      deedsOf({
        ...(await toolOf('matrix.Sdk2', target, atEnd)),
        checksums: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
      }),
  },
  {
    id: 'sdk-java-1',
    ...SDK,
    from: { kind: 'maven', project, profile: 'Sdk1', artifact: 'aws-java-sdk-s3', known: '1.12.797' },
    deeds: async (target, atEnd) => {
      // It knows of no checksums.
      const { putChecked: _, ...tool } = await toolOf('matrix.Sdk1', target, atEnd);
      return deedsOf(tool);
    },
  },
];

/** One Java process for a whole series: to start one takes longer than most deeds. */
async function toolOf(main: string, target: Target, atEnd: AtEnd): Promise<Tool> {
  const { program } = target;
  const java = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-cp', `${program}/classes:${program}/dependency/*`];
  const { ask, end } = openDialogue('java', [...java, ...(await trust(target)), main], {
    HOME: target.folder,
    S3_ENDPOINT: target.endpoint,
    AWS_REGION: target.region,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  atEnd(end);
  const deed = async (verb: string, ...args: readonly string[]): Promise<void> =>
    void (await ask(verb, ...args));
  return {
    put: (file, to) => deed('put', file, ...at(to)),
    putStream: (file, to) => deed('putStream', file, ...at(to)),
    putChecked: (file, to, checksum) => deed('putChecked', file, ...at(to), checksum),
    get: (from, file) => deed('get', ...at(from), file),
    range: (from, first, last, file) => deed('range', ...at(from), String(first), String(last), file),
    size: async (of) => Number((await ask('size', ...at(of)))[0]),
    list: (bucket, prefix) => ask('list', bucket, prefix),
    link: async (to) => (await ask('link', ...at(to)))[0] ?? '',
    copy: (from, to) => deed('copy', ...at(from), ...at(to)),
    remove: (place) => deed('remove', ...at(place)),
    removeAll: (bucket, prefix) => deed('removeAll', bucket, prefix),
  };
}

/** Java's settings for the certificate authority, in a file of the kind that Java reads. */
async function trust({ folder, caFile }: Target): Promise<readonly string[]> {
  const file = join(folder, 'trust.p12');
  const password = 'no-secret';
  const store = ['-storetype', 'PKCS12', '-keystore', file, '-storepass', password];
  await run('keytool', ['-importcert', '-noprompt', '-alias', 'matrix', '-file', caFile, ...store]);
  const settings = { trustStore: file, trustStoreType: 'PKCS12', trustStorePassword: password };
  return Object.entries(settings).map(([name, value]) => `-Djavax.net.ssl.${name}=${value}`);
}

function at({ bucket, objectKey }: Place): [string, string] {
  return [bucket, objectKey];
}
