import { wordsOf } from './hosts-file.ts';

/** What this resolver does itself. */
const OWN: ReadonlySet<string> = new Set(['files', 'dns']);

/**
 * Does `nsswitch.conf` name a source of host names beyond the hosts file and DNS, such as `mdns4_minimal`, `myhostname`,
 * `resolve` or `nis`? Only getaddrinfo can ask those. Without a line, glibc takes `files dns`.
 */
export function hasOtherSources(text: string): boolean {
  for (const line of text.split('\n')) {
    const words = wordsOf((line.split('#', 1)[0] ?? '').replace(':', ': '));
    if (words[0] !== 'hosts:') continue;
    // `[NOTFOUND=return]` says what happens between two sources.
    let action = false;
    for (const word of words.slice(1)) {
      if (word.startsWith('[')) action = true;
      if (!action && !OWN.has(word)) return true;
      if (word.endsWith(']')) action = false;
    }
    return false;
  }
  return false;
}
