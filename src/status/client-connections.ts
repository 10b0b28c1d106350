import type { TlsFacts } from './facts.ts';
import { ago, plural } from './words.ts';

const HOUR_MS = 3_600_000;

/** What is said of handshakes of clients that fail. */
export function tlsSaid(failures: readonly TlsFacts[], now: number) {
  return saidOf(failures, TLS, now);
}

/** What is said of connections at a listener with the PROXY protocol that are closed. */
export function frontsSaid(faults: readonly TlsFacts[], now: number) {
  return saidOf(faults, FRONTS, now);
}

type Sayings = Readonly<Record<string, readonly [sentence: string, fix: string]>>;

function saidOf(seen: readonly TlsFacts[], sayings: Sayings, now: number) {
  return seen.flatMap(({ reason, times, last, remote = 'unknown' }) => {
    const said = sayings[reason];
    if (!said || now - last > HOUR_MS) return [];
    return [
      {
        state: 'warn' as const,
        sentence: `${said[0]}: ${plural(times, 'connection')}, the last ${ago(last, now)} ago from ${remote}.`,
        fix: said[1],
      },
    ];
  });
}

/** What a listener with `proxyProtocol` closes. One that breaks off in its header is a scanner. */
const FRONTS: Sayings = {
  untrusted: [
    'Connections are closed, since they come from an address that is not in trusted of their listener',
    'Add the address if it is that of a load balancer, and have clients ask the load balancer.',
  ],
  malformed: [
    'Connections are closed, since they do not begin with a header of the PROXY protocol',
    'Switch the PROXY protocol on at the load balancer, or proxyProtocol off at the listener.',
  ],
};

/** What somebody has to do something about. The other reasons are what scanners leave behind. */
const TLS: Sayings = {
  untrusted: [
    'Clients do not trust the certificate of the proxy',
    'Give the client the authority of the certificate, as with AWS_CA_BUNDLE or --ca-bundle, or use a certificate that has the name in its endpoint.',
  ],
  left: [
    'Clients leave without a word when they have seen the certificate of the proxy, as those do that do not trust it',
    'Give the client the authority of the certificate, as with NODE_EXTRA_CA_CERTS. If it is a health check, have it send a request.',
  ],
  expired: ['Clients say that the certificate of the proxy has expired', 'Renew it, and compare the clocks.'],
  'plain-http': [
    'Clients speak plain HTTP to a port with TLS',
    'Write https:// in the endpoint of the client.',
  ],
  'old-version': ['Clients offer only old versions of TLS', 'Use a client with TLS 1.2 or newer.'],
  'no-shared-cipher': [
    'Clients have no cipher for the certificate of the proxy',
    'Use another kind of certificate, or a newer client.',
  ],
  'client-certificate': [
    'Clients come without the certificate that tls.clientCa asks for',
    'Give the client a certificate of this authority.',
  ],
};
