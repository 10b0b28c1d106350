import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { namesOf } from './certificate-names.ts';
import type { ListenerTls } from './settings.ts';

/** Which of a listener's further certificates is for a name; undefined for the default one. */
export type Choose = (servername: string) => SecureContext | undefined;

/**
 * The certificates of a listener by the names in them: one that has the very name before one with a wildcard, and of
 * several that fit the first, the default one before all.
 * @param options what all contexts have in common
 * @throws OpenSSL's error
 */
export function byServerName(
  { cert, certificates = [] }: ListenerTls,
  options: SecureContextOptions,
): Choose {
  const contexts = new Map<string, SecureContext | undefined>();
  const add = (pem: string, context: SecureContext | undefined): void => {
    for (const name of namesOf(new X509Certificate(pem)))
      if (name.startsWith('DNS:') && !contexts.has(name)) contexts.set(name, context);
  };
  if (certificates.length > 0) add(cert, undefined);
  for (const pair of certificates)
    add(pair.cert, createSecureContext({ ...options, cert: pair.cert, key: pair.key }));
  return (servername) => {
    const name = `DNS:${servername.toLowerCase()}`;
    return contexts.has(name) ? contexts.get(name) : contexts.get(name.replace(/:[^.]+/, ':*'));
  };
}
