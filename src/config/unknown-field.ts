import { type Path, pathText } from './problem.ts';
import { fieldsAt, fieldsOf, schemaAt } from './schema-at.ts';
import { nearest } from './suggest.ts';
import { hasHiddenSpace } from './syntax/characters.ts';

/** What is wrong with a field that the schema does not know there. */
export interface UnknownField {
  readonly message: string;
  readonly fix: string | undefined;
  /** The field that was meant, if it is one of the same section. */
  readonly meant?: string | undefined;
  /** What is told of its name. */
  readonly shown: string;
}

type Explained = Omit<UnknownField, 'shown'> & Partial<UnknownField>;

/** @param name the field @param path its section */
export function unknownField(name: string, path: Path): UnknownField {
  return { shown: beginningOf(name), ...explained(name, path) };
}

/** What stands after a name may be a value that lost its colon, and a secret. So it is not shown. */
function beginningOf(name: string): string {
  return name.replace(/^([\w.-]+)[^\w.-].*$/s, '$1…');
}

function explained(name: string, path: Path): Explained {
  const known = fieldsAt(path);
  const strange = strangeName(name, known);
  if (strange) return strange;
  const meant = known.find((field) => plain(field) === plain(name)) ?? nearestField(name, known);
  if (meant !== undefined) return { message: UNKNOWN, fix: `did you mean "${meant}"?`, meant };
  const section = sectionOf(name, path);
  if (section !== undefined) return { message: UNKNOWN, fix: `it belongs in ${section}`, meant: section };
  return { message: UNKNOWN, fix: placeAbove(name, path) ?? listed(known) };
}

const UNKNOWN = 'unknown field';

/** Names that show that something else is wrong on the line. */
function strangeName(name: string, known: readonly string[]): Explained | undefined {
  if (name === '<<')
    return {
      message: 'merge keys (<<) are not supported',
      fix: 'write the fields out; an alias (*name) may stand for a whole section',
    };
  if (hasHiddenSpace(name))
    return {
      message: 'the name of the field has a character that cannot be seen (such as a no-break space)',
      fix: 'type the name again',
      meant: known.find((field) => name.includes(field)),
    };
  const [, before, after] = /^([\w-]+)([:=\s])/.exec(name) ?? [];
  if (before === undefined || after === undefined) return undefined;
  const meant = known.find((field) => field === before);
  const more = { fix: 'write "name: value"', meant, shown: before };
  if (after === ':' || after === '=') return { message: 'a space is missing after the colon', ...more };
  return meant === undefined ? undefined : { message: 'a colon is missing after this name', ...more };
}

/** Words of other programs for our fields. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  accesskey: 'accessKeyId',
  bind: 'address',
  certificate: 'cert',
  certfile: 'cert',
  cabundle: 'ca',
  cafile: 'ca',
  forcepathstyle: 'addressing',
  host: 'endpoint',
  keyfile: 'key',
  listen: 'address',
  loglevel: 'log',
  permissions: 'allow',
  port: 'address',
  privatekey: 'key',
  s3forcepathstyle: 'addressing',
  secret: 'secretAccessKey',
  secretkey: 'secretAccessKey',
  server: 'endpoint',
  type: 'provider',
  uri: 'endpoint',
  url: 'endpoint',
  usepathstyle: 'addressing',
};

function nearestField(name: string, known: readonly string[]): string | undefined {
  const other = OTHER_WORDS[plain(name)];
  return nearest(name, known) ?? known.find((field) => field === other);
}

/** `access_key_id`, `AccessKeyID` and `access-key-id` are all `accessKeyId`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ .]/g, '');
}

/** The section below that has such a field. */
function sectionOf(name: string, path: Path): string | undefined {
  return fieldsAt(path).find((field) => {
    const schema = schemaAt([...path, field]);
    return schema && has(fieldsOf(schema), name);
  });
}

/** The section above, or elsewhere at the top, that has such a field. */
function placeAbove(name: string, path: Path): string | undefined {
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const above = path.slice(0, depth);
    if (has(fieldsAt(above), name))
      return depth === 0
        ? 'it belongs at the top of the file, without indentation'
        : `it belongs in ${pathText(above)}, less indented`;
  }
  const section = sectionOf(name, []);
  return section === undefined ? undefined : `it belongs in ${section}`;
}

function has(fields: readonly string[], name: string): boolean {
  return fields.some((field) => plain(field) === plain(name));
}

function listed(known: readonly string[]): string | undefined {
  return known.length === 0 ? undefined : `remove it, or use one of ${known.join(', ')}`;
}
