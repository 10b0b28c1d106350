import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { systemNames } from '../upstream/names/names.ts';
import type { Upstream } from '../upstream/upstream.ts';

const LIMIT_MS = 3000;
/** S3 refuses what was signed 15 minutes from its own time; a clock that drifts is to be noticed before. */
const FAR_MS = 5 * 60_000;

/**
 * Asks the store once what time it is: an unsigned HEAD of the endpoint, which no store grants and every store answers
 * with a Date. Nothing secret is sent.
 *
 * @returns a warning with its fix; undefined when the store is there and the clocks agree
 */
export async function clockWarning(
  upstream: Upstream,
  clock: () => Date,
  limitMs = LIMIT_MS,
  names: Pick<typeof systemNames, 'lookupFor'> = systemNames,
): Promise<string | undefined> {
  const { name } = upstream;
  const asked = await ask(upstream, limitMs, names.lookupFor(upstream.protocol));
  if (asked.kind === 'silent')
    return `${name}.endpoint: the store did not tell the time: ${asked.fault}; check the address, ${name}.ca and the network`;
  const there = Date.parse(asked.date ?? '');
  if (Number.isNaN(there))
    return `${name}.endpoint: the answer of the store has no Date; check that it is a store`;
  const apart = clock().getTime() - there;
  if (Math.abs(apart) <= FAR_MS) return undefined;
  const minutes = Math.round(Math.abs(apart) / 60_000);
  return `this host's clock is ${minutes} minutes ${apart > 0 ? 'ahead of' : 'behind'} the store's (${name}), and stores refuse signatures from 15 on; set the clock`;
}

type Asked =
  | { readonly kind: 'answered'; readonly date: string | undefined }
  | { readonly kind: 'silent'; readonly fault: string };

function ask(
  { protocol, hostname, port, basePath, ca }: Upstream,
  limitMs: number,
  lookup: LookupFunction,
): Promise<Asked> {
  return new Promise((resolve) => {
    const options = {
      method: 'HEAD',
      hostname,
      port,
      path: `${basePath}/`,
      agent: false as const,
      lookup,
      signal: AbortSignal.timeout(limitMs),
    };
    const request =
      protocol === 'http:'
        ? http.request(options)
        : https.request({
            ...options,
            minVersion: 'TLSv1.2',
            rejectUnauthorized: true,
            ...(ca === undefined ? {} : { ca }),
          });
    request.once('response', (response) => {
      resolve({ kind: 'answered', date: response.headers.date });
      response.destroy();
    });
    request.on('error', (error) => resolve({ kind: 'silent', fault: faultOf(error, limitMs) }));
    request.end();
  });
}

function faultOf(error: Error, limitMs: number): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${limitMs / 1000} s`;
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
