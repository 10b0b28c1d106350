import { UsageError } from './command.ts';

/**
 * Every connection of this program checks certificates, whatever the environment says. An environment that says
 * otherwise is a mistake all the same, which is better found before a key is loaded than taken for a fix that works.
 *
 * @throws UsageError
 */
export function requireCertificateChecks(env: Readonly<Record<string, string | undefined>>): void {
  if (checksCertificates(env)) return;
  throw new UsageError(
    `${VARIABLE} is 0, which would send SSE-C keys and secrets to anyone who answers. Unset it. For a certificate authority of your own, set "ca" of the upstream or the vault.`,
  );
}

export function checksCertificates(env: Readonly<Record<string, string | undefined>>): boolean {
  return env[VARIABLE] !== '0';
}

/** https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue: only "0" turns the checks off. */
const VARIABLE = 'NODE_TLS_REJECT_UNAUTHORIZED';
