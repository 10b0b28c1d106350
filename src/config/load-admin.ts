import type { Secret } from '../secret.ts';
import type { Path, Report } from './problem.ts';
import type { SalvagedConfig } from './semantics.ts';
import type { Sources } from './sources.ts';
import { checkAuthorities, checkTlsPair, type TlsPair } from './tls.ts';

/** What the section admin refers to. */
export interface LoadedAdmin {
  readonly tls: (TlsPair & { readonly clientCa?: string | undefined }) | undefined;
  readonly token: Secret | undefined;
}

export async function loadAdmin(
  { admin }: SalvagedConfig,
  sources: Sources,
  context: { readonly now: Date; readonly report: Report },
): Promise<LoadedAdmin> {
  const { report } = context;
  const path: Path = ['admin', 'tls'];
  const cert = await sources.file(admin?.tls?.cert, [...path, 'cert']);
  const key = await sources.secretFile(admin?.tls?.key, [...path, 'key']);
  const authorities = await sources.file(admin?.tls?.clientCa, [...path, 'clientCa']);
  const pair = checkTlsPair(cert, key, { ...context, path });
  const clientCa = authorities && checkAuthorities(authorities, [...path, 'clientCa'], report);
  const token = await sources.secret(admin?.token, ['admin', 'token']);
  if (token) checkToken(token, report);
  return { tls: pair && { ...pair, clientCa }, token };
}

/** As much as nobody guesses, in characters that a header can hold. */
const LEAST_TOKEN = 16;

function checkToken(token: Secret, report: Report): void {
  const text = token.reveal();
  if (text.length < LEAST_TOKEN)
    report.error(['admin', 'token'], `the token has less than ${LEAST_TOKEN} characters`, MAKE_ONE);
  else if (!/^[\x21-\x7e]{1,1024}$/.test(text))
    report.error(
      ['admin', 'token'],
      'the token has spaces, other characters than ASCII, or more than 1024 of them',
      MAKE_ONE,
    );
}

const MAKE_ONE = 'make one with: openssl rand -hex 32';
