/** A word or phrase that the project does not use, and what it says in its place. */
export interface Refused {
  /**
   * Words as they are written, in small letters, separated by one space; a word alone is found in identifiers too.
   * Or an expression, for what is not always the same words.
   */
  readonly find: string | RegExp;
  readonly say: string;
}

export const REFUSED: readonly Refused[] = [
  { find: 'as is', say: 'by default, or unchanged' },
  ...['mend', 'mends', 'mended', 'mending'].map((find) => ({ find, say: 'fix' })),
  { find: 'trio', say: 'the SSE-C headers' },
  { find: 'trios', say: 'the SSE-C headers' },
  { find: 'to be had', say: 'available' },
  ...['turn over', 'turns over', 'turned over', 'turning over'].map((find) => ({
    find,
    say: 'replace, or rotate',
  })),
  { find: /\bproviders?(?:'s|s')? rows?\b/i, say: "the provider's entry, or its capabilities" },
  {
    find: /\b(?:the|a|each|every|no|its) row (?:says|knows|vouches|names)\b/i,
    say: "the provider's entry",
  },
  { find: /\bit is none\b/i, say: 'it is not one, subject first' },
  {
    find: /(?:^|[.:;!?] |\*\* )Of an? [^.;:]{1,80}? (?:it|that|there) (?:is|are|was|were)\b/m,
    say: 'the subject first',
  },
  {
    find: /\ba (?:file|row|line|section|page|check|client|process|test|message) an? [a-z]+\b/,
    say: 'one … per …',
  },
  ...['whence', 'whereof', 'thereof', 'lest', 'hitherto'].map((find) => ({ find, say: 'plain English' })),
];

/** Where they are looked for, as globs. */
export const READ: readonly string[] = [
  '*.md',
  'Dockerfile',
  'docs/**/*.{md,yaml,yml,json,mts,ts}',
  'src/**/*.ts',
  'scripts/**/*.{ts,sh}',
  'config/**/*.{yaml,yml,json,md}',
  'deploy/**/*.{yaml,yml,json,md,service,sh,tpl,txt}',
];

/** Where only the names of tests count. */
export const NAMES_READ: readonly string[] = ['test/**/*.test.ts'];

/** What has to hold the words themselves. */
export const UNREAD: readonly string[] = [
  'scripts/words/list.ts',
  'test/scripts/words.test.ts',
  'docs/**/node_modules/**',
  'test/**/node_modules/**',
];
