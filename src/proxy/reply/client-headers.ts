import type { IncomingMessage } from 'node:http';
import { markTag } from '../../etag/mark.ts';
import { marksEtag } from '../../etag/marks.ts';
import { relayedHeaders, relayedTrailers } from '../../response/rewrite.ts';
import { CUSTOMER_KEY_MD5 } from '../../ssec/headers.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { Plan } from '../plan/plan.ts';

/** The headers of the store's answer as the client gets them: name, value, name, value … */
export function clientHeaders(response: IncomingMessage, body: 'relayed' | 'replaced', plan: Plan): string[] {
  const headers = relayedHeaders(response, body, plan.ssecKeys);
  if (plan.ssec.kind === 'client') headers.push(...ownKeyMd5(response, plan));
  if (!marksEtag(plan)) return headers;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (isEtag(headers[i])) headers[i + 1] = markTag(headers[i + 1] as string);
  }
  return headers;
}

/** The MD5 of the client's own key, by which it sees that the store took that key. */
function ownKeyMd5({ headers }: IncomingMessage, { ssecKeys }: Plan): readonly string[] {
  const md5 = headers[CUSTOMER_KEY_MD5];
  const shown = typeof md5 === 'string' && MD5_IN_BASE64.test(md5) && !holdsKey(md5, ssecKeys);
  return shown ? [CUSTOMER_KEY_MD5, md5] : [];
}

const MD5_IN_BASE64 = /^[A-Za-z0-9+/]{22}==$/;

/** Its trailers, likewise. They are there once the response has ended. */
export function clientTrailers(response: IncomingMessage, plan: Plan): [name: string, value: string][] {
  const trailers = relayedTrailers(response, plan.ssecKeys);
  if (!marksEtag(plan)) return trailers;
  return trailers.map(([name, value]) => [name, isEtag(name) ? markTag(value) : value]);
}

function isEtag(name: string | undefined): boolean {
  return name?.toLowerCase() === 'etag';
}
