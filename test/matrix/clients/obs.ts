import { join } from 'node:path';
import type { FormField, Place } from '../bench.ts';
import type { AtEnd, Client, Target } from '../client.ts';
import { type Dialogue, openDialogue } from '../dialogue.ts';
import type { Package } from '../install.ts';
import { BOTO3, boto3Tool } from './boto3.ts';
import { type ObsTool, obsDeedsOf } from './obs/deeds.ts';
import { javaCommand } from './obs/java.ts';
import { bucketUrl, environment, MODES } from './obs/modes.ts';

const HERE = join(import.meta.dirname, 'obs');

/** An SDK of Huawei's, and how its driver is started. */
interface Sdk {
  readonly id: string;
  readonly title: string;
  readonly from: Package;
  readonly modes: readonly (keyof typeof MODES)[];
  /** Modes that the quick matrix tries. */
  readonly quick: readonly (keyof typeof MODES)[];
  readonly command: (target: Target) => Promise<readonly string[]> | readonly string[];
  /** What its driver has no verb for, because the SDK has no call. */
  readonly lacks?: readonly (keyof ObsTool)[];
  /** File changes that it has a call for. */
  readonly files: readonly (keyof typeof FILES)[];
}

const SDKS: readonly Sdk[] = [
  {
    id: 'obs-python',
    title: 'esdk-obs-python',
    from: { kind: 'pypi', names: ['esdk-obs-python==3.26.6'], command: 'python' },
    modes: ['obs', 'v2', 'v4'],
    quick: ['obs'],
    command: ({ program }) => [program, join(HERE, 'esdk_python.py')],
    files: ['rename', 'truncate', 'modify'],
  },
  {
    id: 'obs-python-v3',
    title: 'huaweicloudsdkobs',
    from: { kind: 'pypi', names: ['huaweicloudsdkobs==3.1.219'], command: 'python' },
    modes: ['obs'],
    quick: [],
    command: ({ program }) => [program, join(HERE, 'sdk_v3.py')],
    lacks: ['putStream', 'link', 'parts', 'append', 'metadata', 'acl', 'encryption', 'versions', 'form'],
    files: [],
  },
  {
    id: 'obs-nodejs',
    title: 'esdk-obs-nodejs',
    from: { kind: 'npm-package', name: 'esdk-obs-nodejs', version: '3.26.8' },
    modes: ['obs', 'v2'],
    quick: ['v2'],
    command: () => [process.execPath, join(HERE, 'esdk_nodejs.cjs')],
    files: ['rename', 'truncate', 'modify'],
  },
  {
    id: 'obs-go',
    title: 'huaweicloud-sdk-go-obs',
    from: {
      kind: 'go-program',
      module: 'github.com/huaweicloud/huaweicloud-sdk-go-obs',
      source: join(HERE, 'go'),
      command: 'obs',
      builds: { obs: ['build', '.'] },
    },
    modes: ['obs', 'v2', 'v4'],
    quick: [],
    command: ({ program }) => [program],
    files: ['rename', 'modify'],
  },
  {
    id: 'obs-java',
    title: 'esdk-obs-java-bundle',
    from: {
      kind: 'maven',
      project: join(import.meta.dirname, 'java'),
      profile: 'Obs',
      artifact: 'esdk-obs-java-bundle',
      known: '3.25.10',
      pinned: true,
    },
    modes: ['obs', 'v2', 'v4'],
    quick: [],
    command: (target) => javaCommand(target, 'matrix.Obs'),
    files: ['rename', 'truncate', 'modify'],
  },
];

const SIGNED = { obs: 'signing as OBS', v2: 'signing V2', v4: 'signing V4' } as const;

/** Each SDK in each of its modes, over HTTPS. */
export const obs: readonly Client[] = SDKS.flatMap((sdk) =>
  sdk.modes.map((mode) => ({
    id: mode === 'obs' ? sdk.id : `${sdk.id}-${mode}`,
    title: `${sdk.title}, ${SIGNED[mode]},`,
    dialect: 'obs' as const,
    from: sdk.from,
    needs: [BOTO3],
    schemes: ['https' as const],
    quick: sdk.quick.includes(mode),
    deeds: async (target: Target, atEnd: AtEnd) => {
      const [program = '', ...args] = await sdk.command(target);
      const env = { ...environment(target, MODES[mode]), OBS_SDK: target.program };
      const dialogue = openDialogue(program, args, env);
      atEnd(dialogue.end);
      const [python = ''] = target.needed;
      const tool = {
        ...toolOf(dialogue, sdk, (bucket) => bucketUrl(target, MODES[mode], bucket)),
        reader: boto3Tool(target, python),
      };
      return obsDeedsOf(
        Object.fromEntries(
          Object.entries(tool).filter(([name]) => !sdk.lacks?.includes(name as keyof ObsTool)),
        ) as unknown as ObsTool,
      );
    },
  })),
);

type Change = (of: Place, file: string) => readonly [verb: string, ...args: string[]];

const FILES: Readonly<Record<'rename' | 'truncate' | 'modify', Change>> = {
  rename: ({ bucket, objectKey }) => ['rename', bucket, objectKey, `${objectKey}-renamed`],
  truncate: ({ bucket, objectKey }) => ['truncate', bucket, objectKey, '7'],
  modify: ({ bucket, objectKey }, file) => ['modify', file, bucket, objectKey, '1'],
};

function toolOf({ ask }: Dialogue, { files }: Sdk, formUrl: (bucket: string) => string): ObsTool {
  const deed = async (verb: string, ...args: readonly string[]): Promise<void> =>
    void (await ask(verb, ...args));
  const first = async (verb: string, ...args: readonly string[]): Promise<string> =>
    (await ask(verb, ...args))[0] ?? '';
  return {
    put: (file, to) => deed('put', file, ...at(to)),
    putStream: (file, to) => deed('putStream', file, ...at(to)),
    checksums: ['MD5'],
    putChecked: (file, to) => deed('putChecked', file, ...at(to), 'MD5'),
    get: (from, file) => deed('get', ...at(from), file),
    range: (from, start, end, file) => deed('range', ...at(from), String(start), String(end), file),
    size: async (of) => Number(await first('size', ...at(of))),
    list: (bucket, prefix) => ask('list', bucket, prefix),
    link: (to) => first('link', ...at(to)),
    copy: (from, to) => deed('copy', ...at(from), ...at(to)),
    remove: (place) => deed('remove', ...at(place)),
    removeAll: (bucket, prefix) => deed('removeAll', bucket, prefix),
    parts: (file, to, from) => deed('parts', file, ...at(to), ...at(from)),
    append: async (file, to, position) => Number(await first('append', file, ...at(to), String(position))),
    metadata: (of, value) => first('metadata', ...at(of), value),
    acl: (of) => ask('acl', ...at(of)),
    encryption: (bucket) => first('encryption', bucket),
    versions: (bucket, prefix) => ask('versions', bucket, prefix),
    getVersion: (from, version, file) => deed('getVersion', ...at(from), version, file),
    form: async (to) => ({ url: formUrl(to.bucket), fields: inPairs(await ask('form', ...at(to))) }),
    files: files.map((name) => (of, file) => {
      const [verb, ...args] = FILES[name](of, file);
      return deed(verb, ...args);
    }),
  };
}

function inPairs(fields: readonly string[]): readonly FormField[] {
  return fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? ''] as const] : []));
}

function at({ bucket, objectKey }: Place): [string, string] {
  return [bucket, objectKey];
}
