import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Secret } from '../secret.ts';
import { mayAskAs } from './asked-as.ts';
import { line, type Query, type Reply, type Route } from './routes.ts';

/** Where the admin address is, and who is answered there. */
export interface AdminSettings {
  readonly host: string;
  readonly port: number;
  /** PEM texts. `clientCa`: certificates of these authorities are let in. */
  readonly tls?:
    | { readonly cert: string; readonly key: string; readonly clientCa?: string | undefined }
    | undefined;
  readonly token?: Secret | undefined;
}

type Rules = Pick<AdminSettings, 'host' | 'tls' | 'token'>;

/** Why a request is not answered; undefined when it is. Without a token and authorities, everybody is. */
export function refusalOf(
  request: IncomingMessage,
  route: Route,
  query: Query,
  rules: Rules,
): Reply | undefined {
  // Pages of other sites can make a browser send a POST with what it knows by heart. None of ours sends one.
  if (request.method === 'POST' && request.headers.origin !== undefined)
    return line(403, 'a page of a browser may not do this');
  if (route.probe && query.size === 0) return undefined;
  // With TLS, a browser would find that the certificate is for another name.
  if (!isGuarded(rules) && !rules.tls && !mayAskAs(request.headers.host, rules.host))
    return line(403, OTHER_NAME);
  if (route.guarded && !isGuarded(rules)) return line(403, 'this needs admin.token in the config');
  if (!isGuarded(rules) || hasCertificate(request, rules) || hasToken(request, rules)) return undefined;
  return line(401, HOW, { 'www-authenticate': CHALLENGES });
}

/** Is there anything by which callers are told apart? */
function isGuarded({ tls, token }: Pick<Rules, 'tls' | 'token'>): boolean {
  return token !== undefined || tls?.clientCa !== undefined;
}

const OTHER_NAME =
  'without admin.token and admin.tls, this address is not asked by a name of the public DNS: use an IP address or localhost';

const HOW = 'this needs the token of admin.token (Authorization: Bearer), or a client certificate';

/** Browsers ask for Basic alone. */
const CHALLENGES = 'Bearer realm="ssec-proxy", Basic realm="ssec-proxy"';

function hasCertificate({ socket }: IncomingMessage, { tls }: Rules): boolean {
  return tls?.clientCa !== undefined && socket instanceof TLSSocket && socket.authorized;
}

function hasToken({ headers }: IncomingMessage, { token }: Rules): boolean {
  if (token === undefined) return false;
  const [, scheme = '', value = ''] =
    /^(Bearer|Basic) +([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  const shown = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  // Digests have one length, whatever is shown.
  return timingSafeEqual(digestOf(shown), digestOf(token.reveal()));
}

/** Any user name will do. */
function passwordOf(encoded: string): string {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
