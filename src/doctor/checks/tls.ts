import net, { type LookupFunction, type Socket } from 'node:net';
import tls, { type PeerCertificate } from 'node:tls';
import { Deadline } from '../../upstream/deadline.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Check, StoreBench } from '../bench.ts';
import type { Finding } from '../finding.ts';

/** Connects to the store and checks its certificates as the proxy will. It sends no request. */
export const tlsChain: Check<StoreBench> = {
  name: 'connection',
  needs: 'nothing',
  run: async ({ upstream, clock, lookup }) => {
    if (upstream.protocol === 'http:') return await overHttp(upstream, lookup);
    const met = await meet(upstream, lookup);
    return met.kind === 'unreached' ? [unreached(upstream, met.code)] : judge(upstream, met, clock());
  },
};

interface Met {
  readonly kind: 'met';
  /** Why it is not trusted; undefined when it is. */
  readonly fault: string | undefined;
  readonly certificate: PeerCertificate;
  readonly protocol: string;
}

type Meeting = Met | { readonly kind: 'unreached'; readonly code: string };

/** A certificate that expires within this many days gets a warning. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

function judge(upstream: Upstream, { fault, certificate, protocol }: Met, now: Date): readonly Finding[] {
  const { name } = upstream;
  const names = certificate.subjectaltname ?? String(certificate.subject?.CN ?? '');
  if (fault !== undefined) return [untrusted(upstream, fault, certificate, names)];
  const until = new Date(certificate.valid_to);
  const left = Math.floor((until.getTime() - now.getTime()) / DAY_MS);
  const day = Number.isNaN(until.getTime()) ? certificate.valid_to : until.toISOString().slice(0, 10);
  const findings: Finding[] = [
    {
      grade: 'fine',
      found: `${protocol}, certificate of ${issuerOf(certificate)} for ${names} until ${day}`,
    },
  ];
  if (left < SOON_DAYS)
    findings.push({
      grade: 'warning',
      found: `the store's certificate expires in ${left} days`,
      fix: `renew it at the store (${upstream.hostname})`,
    });
  const label = `bucket.${upstream.hostname}`;
  if (upstream.addressing === 'virtual' && tls.checkServerIdentity(label, certificate))
    findings.push({
      grade: 'stop',
      found: `the certificate is for ${names}, not for ${label}, which ${name}.addressing: virtual needs`,
      fix: `${name}.addressing: path`,
    });
  return findings;
}

function untrusted(
  { name, hostname, port, ca }: Upstream,
  fault: string,
  certificate: PeerCertificate,
  names: string,
): Finding {
  const show = `openssl s_client -connect ${hostname}:${port} -servername ${hostname} -showcerts </dev/null`;
  if (fault === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      grade: 'stop',
      found: `the certificate is for ${names}, not for ${hostname}`,
      fix: `${name}.endpoint: use a name that is in the certificate`,
    };
  if (fault === 'CERT_HAS_EXPIRED' || fault === 'CERT_NOT_YET_VALID')
    return {
      grade: 'stop',
      found: `the certificate is valid from ${certificate.valid_from} to ${certificate.valid_to}: ${fault}`,
      fix: `renew it at the store, or set the clock of this host: timedatectl set-ntp true`,
    };
  const trusted = ca === undefined ? "one of the system's authorities" : `an authority in ${name}.ca`;
  return {
    grade: 'stop',
    found: `the certificate is not from ${trusted}: ${fault} (its issuer is ${issuerOf(certificate)}; it is for ${names})`,
    meaning: 'the proxy sends nothing to a store that it cannot authenticate',
    fix: `put the certificate of the issuing authority into ${name}.ca; to see the chain of the store: ${show}`,
  };
}

function issuerOf({ issuer }: PeerCertificate): string {
  return String(issuer?.CN ?? issuer?.O ?? 'an unnamed authority');
}

function unreached({ name, hostname, port }: Upstream, code: string): Finding {
  const check =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? `getent hosts ${hostname}` : `nc -vz ${hostname} ${port}`;
  return {
    grade: 'stop',
    found: `${hostname}:${port} cannot be reached: ${code}`,
    fix: `check ${name}.endpoint and the network: ${check}`,
  };
}

async function overHttp(upstream: Upstream, lookup: LookupFunction): Promise<readonly Finding[]> {
  const met = await reach(upstream, lookup);
  if (met !== undefined) return [unreached(upstream, met)];
  return [
    {
      grade: 'warning',
      found: 'the connection to the store is plain http',
      meaning: 'SSE-C keys and objects cross the network in clear text, and most stores then refuse SSE-C',
      fix: `${upstream.name}.endpoint: https://…`,
    },
  ];
}

function reach({ hostname, port, timeouts }: Upstream, lookup: LookupFunction): Promise<string | undefined> {
  const socket = net.connect({ host: hostname, port, lookup });
  return within<string | undefined>(timeouts.connect, socket, (done) => {
    socket.once('connect', () => done(undefined));
    socket.once('error', (error) => done(codeOf(error)));
    return LATE;
  });
}

/** Accepts a bad certificate, so that the report can say what is wrong with it. */
function meet({ hostname, port, ca, timeouts }: Upstream, lookup: LookupFunction): Promise<Meeting> {
  const socket = tls.connect({
    host: hostname,
    port,
    lookup,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
    ...(net.isIP(hostname) === 0 ? { servername: hostname } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  return within<Meeting>(timeouts.connect, socket, (done) => {
    socket.once('error', (error) => done({ kind: 'unreached', code: codeOf(error) }));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const chain: unknown = socket.authorizationError;
      const identity = tls.checkServerIdentity(hostname, certificate);
      const fault = chain ? codeOf(chain) : identity && 'ERR_TLS_CERT_ALTNAME_INVALID';
      done({ kind: 'met', fault: fault || undefined, certificate, protocol: socket.getProtocol() ?? 'TLS' });
    });
    return { kind: 'unreached', code: LATE };
  });
}

const LATE = 'no response in time';

/**
 * What comes of a connection, which then ends.
 * @param listen says what comes of it when nothing does in so many milliseconds, all of it together
 */
function within<T>(limit: number, socket: Socket, listen: (done: (outcome: T) => void) => T): Promise<T> {
  return new Promise((resolve) => {
    const done = (outcome: T): void => {
      deadline.end();
      socket.destroy();
      resolve(outcome);
    };
    const late = listen(done);
    const deadline = new Deadline(() => done(late));
    deadline.begin(limit);
  });
}

function codeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
}
