import t from 'tap';
import type { Exchange } from '../../../src/proxy/exchange.ts';
import type { Plan } from '../../../src/proxy/plan/plan.ts';
import { ownUrl } from '../../../src/proxy/reply/own-url.ts';
import { parseTarget } from '../../../src/s3/target.ts';
import { wireHeaders } from '../../support/headers.ts';

const PLACES = { domains: ['s3.proxy.test'], customDomains: new Map([['files.test', 'bucket']]) };

function urlOf(host: string, rawTarget: string, socket: object = {}): string {
  const exchange = { received: { headers: wireHeaders({ host }) }, request: { socket } };
  const target = parseTarget(rawTarget, host, PLACES.domains, PLACES.customDomains);
  return ownUrl(exchange as unknown as Exchange, { target } as Plan, PLACES);
}

t.test(
  'the URL of an object leads to the proxy as the client reached it, with its bucket once',
  async (t) => {
    t.equal(urlOf('s3.proxy.test:8443', '/bucket/a%20b'), 'http://s3.proxy.test:8443/bucket/a%20b');
    t.equal(urlOf('bucket.s3.proxy.test', '/a%20b'), 'http://bucket.s3.proxy.test/a%20b');
    t.equal(urlOf('bucket.s3.proxy.test', '/bucket/a'), 'http://bucket.s3.proxy.test/bucket/a', 'a key');
    t.equal(urlOf('files.test', '/a', { encrypted: true }), 'https://files.test/a');
    t.equal(urlOf('127.0.0.1:1', '/bucket/bucket'), 'http://127.0.0.1:1/bucket/bucket');
  },
);
