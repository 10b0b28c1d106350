import { WireHeaders } from '../../src/s3/headers.ts';

/** Text as it stands in a header on the wire: a character for each byte of its UTF-8. */
export function onWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Header fields from an object; a list makes a line of each of its values. */
export function wireHeaders(fields: Readonly<Record<string, string | readonly string[]>>): WireHeaders {
  return new WireHeaders(
    Object.entries(fields).flatMap(([name, values]) =>
      (typeof values === 'string' ? [values] : values).flatMap((value) => [name, value]),
    ),
  );
}
