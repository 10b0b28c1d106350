import { S3Error } from './errors.ts';
import { HARMLESS, OTHER_VENDORS } from './request-headers.ts';

/** By which a write gives an object headers that come with every read of it. */
export const PERSISTENT_HEADERS = 'x-obs-persistent-headers';

/** Of all of it, which OBS takes with the metadata: in characters. */
const LONGEST = 8 * 1024;
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]{1,256}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * What an answer says in the name of the store, of this proxy or of what stands before it, beside what S3 knows: a browser
 * or a client acts upon it.
 */
const OF_OTHERS =
  /^(?:access-control-|sec-|cf-|cdn-|x-forwarded-|x-accel-|x-amz-|x-reserved-|accept-|proxy-|set-cookie|www-authenticate$|authentication-info$|clear-site-data$|content-|strict-transport-security$|alt-svc$|location$|refresh$|link$|age$|vary$|via$|warning$|server$|server-timing$|te$|trailer$|transfer-encoding$|upgrade$|keep-alive$|retry-after$|allow$|nel$|report-to$|reporting-endpoints$|service-worker-allowed$|sourcemap$|x-frame-options$|x-content-type-options$|x-xss-protection$|x-robots-tag$|timing-allow-origin$|cross-origin-|permissions-policy$|referrer-policy$|tracestate$|traceparent$)/;

/**
 * Refuses headers in an object's answers that are the store's word, or this proxy's: an object could carry its own proof of
 * encryption. The form is `name:base64(value),name:base64(value)`.
 *
 * @throws S3Error InvalidArgument
 */
export function requireOrdinaryHeaders(value: string): void {
  if (value.length > LONGEST) throw refused('It is too long.');
  for (const pair of value.split(',')) {
    const colon = pair.indexOf(':');
    const name = pair.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (!TOKEN.test(name) || !BASE64.test(pair.slice(colon + 1).trim()))
      throw refused('Its form is name:base64(value),name:base64(value).');
    // Where an underscore is read as a dash, it is the same name.
    const folded = name.replaceAll('_', '-');
    if (OF_OTHERS.test(folded) || OTHER_VENDORS.test(folded) || HARMLESS.has(folded))
      throw refused(`An object may not bring the header ${name} into its answers.`);
  }
}

function refused(why: string): S3Error {
  return new S3Error('InvalidArgument', `The header ${PERSISTENT_HEADERS} is refused. ${why}`, {
    fields: { ArgumentName: PERSISTENT_HEADERS },
  });
}
