import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = 'deploy/examples';

const ObjectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
});

export type KubernetesObject = z.output<typeof ObjectSchema>;

/** A folder of `deploy/examples`: what a page of docs/guides shows. */
export interface Guide {
  /** Of the folder. */
  readonly name: string;
  /** Files of the folder by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** The objects of manifest.yaml; none for a host. */
  readonly objects: readonly KubernetesObject[];
}

export const GUIDES: readonly Guide[] = globSync(`${FOLDER}/*/config.yaml`, { cwd: ROOT })
  .map((path) => basename(dirname(path)))
  .toSorted()
  .map(readGuide);

function readGuide(name: string): Guide {
  const paths = globSync(`${FOLDER}/${name}/*`, { cwd: ROOT }).toSorted();
  const files = new Map(paths.map((path) => [basename(path), readFileSync(join(ROOT, path), 'utf8')]));
  return { name, files, objects: objectsOf(files.get('manifest.yaml') ?? '') };
}

function objectsOf(manifest: string): readonly KubernetesObject[] {
  return parseAllDocuments(manifest, { version: '1.1' }).map((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    return ObjectSchema.parse(document.toJS());
  });
}

/** The proxy's configs of a guide, without the line by which editors find the schema: name of the file, text. */
export function configsOf({ files }: Guide): readonly (readonly [string, string])[] {
  return ['config.yaml', 'moving.yaml'].flatMap((name) => {
    const text = files.get(name);
    return text === undefined ? [] : [[name, text.replace(/^# yaml-language-server: .*\n#\n/, '')] as const];
  });
}

/** A file of a guide. @throws Error when there is none */
export function fileOf(guide: string, name: string): string {
  const text = GUIDES.find((one) => one.name === guide)?.files.get(name);
  if (text === undefined) throw new Error(`deploy/examples/${guide} has no ${name}`);
  return text;
}

/** The only object of a kind in a guide. @throws Error when there is none */
export function objectOf(guide: string, kind: string): KubernetesObject {
  const found = GUIDES.find((one) => one.name === guide)?.objects.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`deploy/examples/${guide}/manifest.yaml has no ${kind}`);
  return found;
}
