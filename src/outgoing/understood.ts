import type { Dialect } from '../dialects/dialect.ts';
import { keyNamesOf } from '../dialects/key-hash.ts';
import { toInternal } from '../dialects/translate.ts';
import { WireHeaders } from '../s3/headers.ts';
import type { Answer } from '../upstream/answer.ts';
import { distinctFields, joinedFields } from '../upstream/fields.ts';
import type { StoreResponse } from '../upstream/response.ts';

/**
 * The same answer with the internal names of its headers. What says that it was internal already is gone.
 * @param sent the headers of the request as they went out: a key that is named by another hash than MD5 is known by them
 */
export function understood(answer: Answer, dialect: Dialect, sent: Readonly<Record<string, string>>): Answer {
  translate(answer.response, dialect, keyNamesOf(sent, dialect));
  return answer;
}

/** In place: the body is read from the same stream. A dialect has no trailers. */
function translate(response: StoreResponse, dialect: Dialect, keyNames: ReadonlyMap<string, string>): void {
  const said = toInternal(new WireHeaders(response.rawHeaders), dialect, keyNames);
  const rawHeaders = [...said.entries()].flatMap(([name, values]) =>
    values.flatMap((value) => [name, value]),
  );
  Object.defineProperties(response, {
    rawHeaders: { value: rawHeaders },
    headers: { value: joinedFields(rawHeaders) },
    headersDistinct: { value: distinctFields(rawHeaders) },
    rawTrailers: { get: (): string[] => [], set: () => {} },
  });
}
