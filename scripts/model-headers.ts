import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/**
 * Writes src/s3/model-headers.ts out of the S3 model that the AWS SDKs are generated from:
 * `node scripts/model-headers.ts VERSION service-2.json.gz`, with the version of botocore (a wheel on PyPI) whose
 * `botocore/data/s3/2006-03-01/service-2.json.gz` it is.
 */

interface Member {
  readonly location?: string;
  readonly locationName?: string;
}

interface Model {
  readonly operations: Readonly<
    Record<
      string,
      { readonly input?: { readonly shape: string }; readonly output?: { readonly shape: string } }
    >
  >;
  readonly shapes: Readonly<Record<string, { readonly members?: Readonly<Record<string, Member>> }>>;
}

const FILE = new URL('../src/s3/model-headers.ts', import.meta.url);
const WIDTH = 96;

const [version = '', path = ''] = process.argv.slice(2);
const bytes = readFileSync(path);
const model: Model = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));

function headersOf(shape: string | undefined): readonly string[] {
  const members = Object.values(model.shapes[shape ?? '']?.members ?? {});
  return members
    .flatMap(({ location, locationName }) => (location === 'header' && locationName ? [locationName] : []))
    .map((name) => name.toLowerCase())
    .toSorted();
}

/** A text of words, on as many lines as it takes. */
function words(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > WIDTH) lines.push(name);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return lines.map((line, i) => `'${line}${i < lines.length - 1 ? ' ' : ''}'`).join(' +\n    ') || "''";
}

const operations = Object.entries(model.operations).toSorted(([a], [b]) => (a < b ? -1 : 1));
const requests = operations.map(([name, { input }]) => `  ${name}:\n    ${words(headersOf(input?.shape))},`);
const answers = new Set(operations.flatMap(([, { output }]) => headersOf(output?.shape)));

writeFileSync(
  FILE,
  `/**
 * What headers the S3 API has, beside \`x-amz-meta-*\`: made by scripts/model-headers.ts from the model that the AWS SDKs
 * are generated from, botocore ${version}, data/s3/2006-03-01/service-2.json.
 */

/** Operation → the headers of its requests, in lower case. */
export const MODEL_REQUESTS: Readonly<Record<string, string>> = {
${requests.join('\n')}
};

/** The headers of all answers, in lower case. */
export const MODEL_ANSWERS =
  ${words([...answers].toSorted())};
`,
);
