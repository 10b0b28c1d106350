import { markTag } from '../../etag/mark.ts';
import { marksEtag } from '../../etag/marks.ts';
import { relayedHeaders, relayedTrailers } from '../../response/rewrite.ts';
import { CUSTOMER_KEY_MD5 } from '../../ssec/headers.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Plan } from '../plan/plan.ts';
import { withoutBrought } from './brought-headers.ts';

/**
 * The headers of the store's answer as the client gets them: name, value, name, value … By the MD5 of a key of its own the
 * client sees that the store took that key.
 */
export function clientHeaders(response: StoreResponse, body: 'relayed' | 'replaced', plan: Plan): string[] {
  const said = relayedHeaders(response, body, plan.ssecKeys);
  const headers = plan.upstream.provider.bringsHeaders ? withoutBrought(said, response, plan) : said;
  if (plan.ssec.kind === 'client' && response.headers[CUSTOMER_KEY_MD5] === plan.ssec.ssecKey.md5)
    headers.push(CUSTOMER_KEY_MD5, plan.ssec.ssecKey.md5);
  if (!marksEtag(plan)) return headers;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (isEtag(headers[i])) headers[i + 1] = markTag(headers[i + 1] as string);
  }
  return headers;
}

/** Its trailers, likewise. They are there once the response has ended. */
export function clientTrailers(response: StoreResponse, plan: Plan): [name: string, value: string][] {
  const trailers = relayedTrailers(response, plan.ssecKeys);
  if (!marksEtag(plan)) return trailers;
  return trailers.map(([name, value]) => [name, isEtag(name) ? markTag(value) : value]);
}

const ETAG = 'etag';

function isEtag(name: string | undefined): boolean {
  return name?.length === ETAG.length && name.toLowerCase() === ETAG;
}
