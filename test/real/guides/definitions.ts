import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { isRecord } from '../../../src/json.ts';
import { runLines, systemPath } from '../../matrix/program.ts';

/** Where the definition of a custom kind is: a Go module of its project, and a file in it. */
interface Definition {
  readonly kind: string;
  readonly module: string;
  readonly file: string;
}

const VELERO = 'github.com/vmware-tanzu/velero@v1.18.3';
const PLUGIN = 'github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0';

export const DEFINITIONS: readonly Definition[] = [
  {
    kind: 'BackupStorageLocation',
    module: VELERO,
    file: 'config/crd/v1/bases/velero.io_backupstoragelocations.yaml',
  },
  { kind: 'ObjectStore', module: PLUGIN, file: 'config/crd/bases/barmancloud.cnpg.io_objectstores.yaml' },
];

/** Of the other kinds there is no definition to fetch: their modules are not served. test/deploy/custom-kinds.ts names their sources. */
export const NOT_SERVED: readonly string[] = ['Cluster', 'ScheduledBackup', 'BackupTarget'];

const DefinitionSchema = z.looseObject({
  spec: z.looseObject({
    group: z.string(),
    versions: z.array(
      z.looseObject({ name: z.string(), schema: z.looseObject({ openAPIV3Schema: z.looseObject({}) }) }),
    ),
  }),
});

/** Fetches a definition and says what is wrong with an object by it: unknown fields too, which an API server drops or warns of. */
export async function wrongBy({ module, file }: Definition, object: { apiVersion: string }): Promise<string> {
  const { spec } = DefinitionSchema.parse(parse(readFileSync(join(await folderOf(module), file), 'utf8')));
  const version = spec.versions.find(({ name }) => object.apiVersion === `${spec.group}/${name}`);
  if (version === undefined) return `there is no ${object.apiVersion}`;
  const schema = z.fromJSONSchema(strict(version.schema.openAPIV3Schema) as z.core.JSONSchema.JSONSchema);
  return schema.safeParse(object).error?.message ?? '';
}

/** Where Go keeps the module, fetched if it is not there. */
async function folderOf(module: string): Promise<string> {
  const env = {
    ...systemPath(),
    HOME: process.env['HOME'] ?? '/root',
    GOFLAGS: '-mod=mod',
    GOTOOLCHAIN: 'local',
  };
  const lines = await runLines('go', ['mod', 'download', '-json', module], { env, timeout: 300_000 });
  return z.looseObject({ Dir: z.string() }).parse(JSON.parse(lines.join('\n'))).Dir;
}

/** The same schema, in which nothing is allowed that it does not name. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!isRecord(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, strict(part)]));
  const closes = isRecord(schema['properties']) && schema['additionalProperties'] === undefined;
  return closes ? { ...inner, additionalProperties: false } : inner;
}
