import { Readable } from 'node:stream';
import t from 'tap';
import { FormDecoder } from '../../src/forms/form-decoder.ts';
import { S3Error } from '../../src/s3/errors.ts';

/** A form was read in one way of two: a delimiter in the head of a part, or right behind its blank line, was data. */
const LARGE = 'x'.repeat(1100 * 1024);
const file = (content: string): string => `Content-Disposition: form-data; name="file"\r\n\r\n${content}`;
const FORMS: Readonly<Record<string, string>> = {
  'in the head of the file': `--B\r\nContent-Disposition: form-data; name="file"\r\n--B\r\n; x=y\r\n\r\nhello\r\n--B--\r\n`,
  'at the start of a field': `--B\r\nContent-Disposition: form-data; name="key"\r\n\r\n--B\r\nContent-Disposition: form-data; name="acl"\r\n\r\nprivate\r\n--B\r\n${file('hello')}\r\n--B--\r\n`,
  'at the start of a file': `--B\r\n${file('--B\r\nhello')}\r\n--B--\r\n`,
  'at the start of an empty file': `--B\r\n${file('--B--\r\n')}\r\n--B--\r\n`,
  'at the start of a large file': `--B\r\n${file(`--B\r\n${LARGE}`)}\r\n--B--\r\n`,
};

async function fate(form: string): Promise<string> {
  const decoder = new FormDecoder('B', form.length);
  try {
    Readable.from([Buffer.from(form)], { objectMode: false }).pipe(decoder);
    await decoder.head;
    await decoder.fileLength();
    await decoder.toArray();
    return 'ok';
  } catch (error) {
    return error instanceof S3Error ? error.code : String(error);
  }
}

for (const [place, form] of Object.entries(FORMS)) {
  t.test(`refuses a delimiter ${place}`, async (t) => {
    t.equal(await fate(form), 'MalformedPOSTRequest');
  });
}
