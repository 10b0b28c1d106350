import { MODEL_ANSWERS } from '../../s3/model-headers.ts';
import { OTHER_VENDORS } from '../../s3/request-headers.ts';
import { CUSTOMER_ALGORITHM, CUSTOMER_KEY_MD5 } from '../../ssec/headers.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Plan } from '../plan/plan.ts';

/** What no store has a reason to say of an object, and a browser acts upon: for the whole host, which is the proxy's. */
const OF_THE_HOST =
  /^(?:set-cookie2?|www-authenticate|authentication-info|clear-site-data|strict-transport-security|public-key-pins.*|content-security-policy.*|nel|report-to|reporting-endpoints|service-worker-allowed|sourcemap|link|permissions-policy|cross-origin-.*)$/;

let known: ReadonlySet<string> | undefined;

/**
 * The headers of an answer without what an object can have brought into it: its writer, beside the proxy, chose their names
 * (`persistent-headers.ts`). An echo stays only where it names the key that the request went with.
 * @param headers name, value, name, value …
 */
export function withoutBrought(headers: readonly string[], response: StoreResponse, plan: Plan): string[] {
  known ??= new Set([...MODEL_ANSWERS.split(' '), 'x-amz-id-2', 'x-amz-error-code', 'x-amz-error-message']);
  const proven = plan.ssecKeys.some(({ md5 }) => response.headers[CUSTOMER_KEY_MD5] === md5);
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [given, value] = [headers[i] as string, headers[i + 1] as string];
    const name = given.toLowerCase();
    if (OF_THE_HOST.test(name) || (name === CUSTOMER_ALGORITHM && !proven)) continue;
    if (name.startsWith('x-amz-') && !name.startsWith('x-amz-meta-') && !known.has(name)) continue;
    if (OTHER_VENDORS.test(name) && !name.startsWith('x-obs-')) continue;
    kept.push(given, value);
  }
  return kept;
}
