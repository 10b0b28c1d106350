import type { X509Certificate } from 'node:crypto';

/** As Node writes a name: the kind, and the value, which is a JSON string where it could be mistaken for several. */
const NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/**
 * The names that a certificate is for, each with its kind: `DNS:app.example.com`, `URI:spiffe://…`, `email:…`, `IP:…`, and
 * `CN:…` of its subject. Host names are in lower case.
 */
export function namesOf(certificate: X509Certificate): ReadonlySet<string> {
  const names = new Set(alternativeNames(certificate.subjectAltName ?? ''));
  // Several common names are told as a list, though the type knows one only.
  const common: unknown = certificate.toLegacyObject().subject?.CN;
  if (typeof common === 'string') names.add(`CN:${common}`);
  return names;
}

/** Two texts that differ in case only name one host. */
export function normalName(name: string): string {
  return name.startsWith('DNS:') ? name.toLowerCase().replace('dns:', 'DNS:') : name;
}

function* alternativeNames(text: string): Generator<string> {
  NAME.lastIndex = 0;
  for (let found = NAME.exec(text); found && found[0] !== ''; found = NAME.exec(text)) {
    const [, kind = '', value = ''] = found;
    const written = value.startsWith('"') ? unquoted(value) : value;
    if (written !== undefined) yield normalName(`${kind === 'IP Address' ? 'IP' : kind}:${written}`);
    if (NAME.lastIndex >= text.length) return;
  }
}

function unquoted(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
