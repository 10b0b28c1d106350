import type { ReadFile } from '../../../files.ts';
import { isRecord } from '../../../json.ts';
import { Secret } from '../../../secret.ts';
import { type AskVault, type VaultAnswer, VaultUnreachable } from './api.ts';

/** How the proxy authenticates to a vault. */
export type VaultAuth =
  | { readonly kind: 'token'; readonly token: Secret }
  | { readonly kind: 'appRole'; readonly mount: string; readonly roleId: Secret; readonly secretId: Secret }
  /** `jwt` is the path of the file with the service account's token, which the kubelet renews. */
  | { readonly kind: 'kubernetes'; readonly mount: string; readonly role: string; readonly jwt: string };

/** A token and its lifetime. */
export interface Grant {
  readonly token: Secret;
  /** In milliseconds from now; undefined when it does not expire. */
  readonly ttl: number | undefined;
  readonly renewable: boolean;
}

/** The vault, or its identity provider, refused the login. */
export class LoginRefused extends Error {}

/**
 * Gets a token.
 * @throws VaultUnreachable, LoginRefused
 */
export async function logIn(auth: VaultAuth, ask: AskVault, readFile: ReadFile): Promise<Grant> {
  if (auth.kind === 'token') return await lookUp(auth.token, ask);
  const body =
    auth.kind === 'appRole'
      ? { role_id: auth.roleId.reveal(), secret_id: auth.secretId.reveal() }
      : { role: auth.role, jwt: await readToken(auth.jwt, readFile) };
  const answer = await ask({ method: 'POST', path: `auth/${encodePath(auth.mount)}/login`, body });
  const grant = grantIn(answer);
  if (grant === undefined)
    throw new LoginRefused(`the login (${auth.kind}) was refused: ${reasonOf(answer)}`);
  return grant;
}

/** Renews a token. @throws VaultUnreachable, LoginRefused */
export async function renew(token: Secret, ask: AskVault): Promise<Grant> {
  const answer = await ask({ method: 'POST', path: 'auth/token/renew-self', token, body: {} });
  const grant = grantIn(answer);
  if (grant === undefined) throw new LoginRefused(`the token was not renewed: ${reasonOf(answer)}`);
  return grant;
}

/** Revokes a token. @throws VaultUnreachable */
export async function revoke(token: Secret, ask: AskVault): Promise<void> {
  await ask({ method: 'POST', path: 'auth/token/revoke-self', token, body: {} });
}

/** The meaning of an error response, in our own words: the vault's own may quote the request. */
export function reasonOf({ status }: VaultAnswer): string {
  const words =
    REASONS[status] ?? (status >= 300 && status < 400 ? 'a redirect, which is not followed' : undefined);
  return words === undefined ? `status ${status}` : `${words} (${status})`;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'a bad request',
  403: 'permission denied',
  404: 'nothing exists at that path',
  412: 'this node is not up to date yet',
  429: 'too many requests',
  500: 'an internal error',
  503: 'sealed, or down for maintenance',
};

/** Encodes the segments of a path; the slashes stay. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A token from the config. The vault may not reveal its lifetime; then it is used as long as it works. */
async function lookUp(token: Secret, ask: AskVault): Promise<Grant> {
  const { status, body } = await ask({ method: 'GET', path: 'auth/token/lookup-self', token });
  const data = status === 200 && isRecord(body) && isRecord(body.data) ? body.data : {};
  return { token, ...termOf(data.ttl, data.renewable) };
}

function grantIn({ status, body }: VaultAnswer): Grant | undefined {
  const auth = status === 200 && isRecord(body) ? body.auth : undefined;
  if (!isRecord(auth) || typeof auth.client_token !== 'string') return undefined;
  return { token: new Secret(auth.client_token), ...termOf(auth.lease_duration, auth.renewable) };
}

/** Zero seconds is how Vault writes "without end". */
function termOf(seconds: unknown, renewable: unknown): { ttl: number | undefined; renewable: boolean } {
  const ttl = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
  return { ttl, renewable: renewable === true };
}

async function readToken(path: string, readFile: ReadFile): Promise<string> {
  try {
    return Buffer.from((await readFile(path)).bytes)
      .toString('utf8')
      .trim();
  } catch {
    throw new VaultUnreachable(`the token of the service account cannot be read (${path})`);
  }
}
