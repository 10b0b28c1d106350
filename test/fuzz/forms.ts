import { Readable } from 'node:stream';
import { FormDecoder } from '../../src/forms/form-decoder.ts';
import { boundaryOf } from '../../src/forms/part-head.ts';
import { putHeaders, putTarget, withFilename } from '../../src/forms/put-object.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { split } from '../support/decoding.ts';
import { encodeForm, type Part } from '../support/forms.ts';
import { below, edited, pick, type Random } from './random.ts';

const BOUNDARY = 'B-1';
const DELIMITER = `\r\n--${BOUNDARY}`;
const TYPES = [
  `multipart/form-data; boundary=${BOUNDARY}`,
  `multipart/form-data; boundary="${BOUNDARY}"; x=y`,
];

const FILE: Part = ['file', 'some bytes\r\n--B-', 'a/b.txt'];
const FORMS: readonly string[] = [
  [FILE],
  [['key', `up/$\{filename}`], FILE],
  [
    ['key', 'ü'],
    ['x-amz-meta-a', 'b'],
    ['Content-Type', 'text/x'],
    ['file', '', ''],
  ],
  [['key', 'k'], ['acl', 'private'], FILE, ['submit', 'Upload'], ['key', 'other']],
].map((parts) => encodeForm(parts as readonly Part[], BOUNDARY).toString('latin1'));

interface Decoded {
  readonly code: string | undefined;
  readonly file: string;
  readonly length: number | undefined;
  readonly fields: string;
}

/** Whole and in pieces, a form must mean the same; what is let through must be its first file, to the byte. */
export async function fuzzForm(random: Random): Promise<void> {
  checkBoundary(random);
  const form = withDelimiters(random, edited(random, pick(random, FORMS)));
  const whole = await decodeForm(form, [form.length]);
  const sizes = Array.from({ length: 1 + below(random, 4) }, () => 1 + below(random, 40));
  const pieces = await decodeForm(form, [...sizes, form.length]);
  if (whole.code === undefined || pieces.code === undefined || below(random, 50) === 0) {
    if (JSON.stringify(whole) !== JSON.stringify(pieces))
      throw new Error(`in pieces ${JSON.stringify(pieces)}`);
  }
  if (whole.code !== undefined) return;
  if (whole.length !== whole.file.length) throw new Error('another length was told');
  if (`\r\n${whole.file}`.includes(DELIMITER)) throw new Error('a delimiter went through as data');
  if (!hasFile(form, whole.file)) throw new Error('a file that is not in the form');
  if (!form.endsWith(`${DELIMITER}--\r\n`)) throw new Error('a form without an end');
}

/** Is there a part named file with exactly these bytes? */
function hasFile(form: string, file: string): boolean {
  const ended = `\r\n\r\n${file}${DELIMITER}`;
  for (let end = form.indexOf(ended); end >= 0; end = form.indexOf(ended, end + 1)) {
    const head = form.slice(Math.max(0, form.lastIndexOf(DELIMITER, end)), end);
    if (/name="?file"?/i.test(head)) return true;
  }
  return false;
}

function withDelimiters(random: Random, form: string): string {
  if (below(random, 3) !== 0) return form;
  const at = below(random, form.length + 1);
  return form.slice(0, at) + pick(random, [DELIMITER, `${DELIMITER}--`, `${DELIMITER}\r\n`]) + form.slice(at);
}

function checkBoundary(random: Random): void {
  try {
    const boundary = boundaryOf(edited(random, pick(random, TYPES)));
    if (!/^[\x20-\x7e]{1,70}$/.test(boundary)) throw new Error('a boundary that is none');
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
  }
}

async function decodeForm(form: string, sizes: readonly number[]): Promise<Decoded> {
  const decoder = new FormDecoder(BOUNDARY, form.length);
  const out: Buffer[] = [];
  let [length, fields]: [number | undefined, string] = [undefined, ''];
  try {
    Readable.from(split(form, sizes), { objectMode: false }).pipe(decoder);
    const head = await decoder.head;
    fields = JSON.stringify([...head.fields]);
    length = await decoder.fileLength();
    readFields(head);
    for await (const bytes of decoder) out.push(bytes as Buffer);
    return { code: undefined, file: Buffer.concat(out).toString('latin1'), length, fields };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { code: error.code, file: '', length: undefined, fields: '' };
  }
}

function readFields(head: Awaited<FormDecoder['head']>): void {
  try {
    const fields = withFilename(head);
    const target = putTarget('bucket', fields);
    if (target.shape !== 'object' || target.bucket !== 'bucket') throw new Error('another place');
    for (const [name, value] of Object.entries(putHeaders(fields)))
      if (/[^\t -~\x80-\xff]/.test(name + value)) throw new Error('a header that breaks its line');
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
  }
}
