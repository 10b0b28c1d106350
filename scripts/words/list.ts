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
  // `'as-is'` as a value in the code is not prose.
  { find: /(?<!')\bas-is\b(?!')/i, say: 'by default, or unchanged' },
  { find: 'anew', say: 'again, or new' },
  { find: 'whoever', say: 'anyone who' },
  { find: 'can not', say: 'cannot' },
  ...['mend', 'mends', 'mended', 'mending'].map((find) => ({ find, say: 'fix' })),
  { find: 'trio', say: 'the SSE-C headers' },
  { find: 'trios', say: 'the SSE-C headers' },
  { find: 'to be had', say: 'available' },
  {
    find: /\bturn(?:s|ed|ing)? (?:(?:it|them|keys?|the keys?|an? key) )?over\b/i,
    say: 'replace, or rotate',
  },
  {
    find: /\bproviders?(?:'s|s')? rows?\b|\brows? of (?:the|a|each|every) providers?\b/i,
    say: "the provider's entry, or its capabilities",
  },
  {
    find: /\b(?:the|a|each|every|no|its) row (?:says|knows|vouches|names)\b/i,
    say: "the provider's entry",
  },
  { find: /\b(?:it is|they are) none\b/i, say: 'it is not one, subject first' },
  {
    find: /(?<!\b(?:there|which|what) )\b(?:is|are) no (?!longer\b|more\b|less\b|fewer\b|later\b|earlier\b|different\b)[a-z]+/i,
    say: 'is not a …',
  },
  {
    find: /(?:^|[.:;!?] |\*\* )Of [^.;:]{1,80}? (?:it|that|there) (?:is|are|was|were)\b/m,
    say: 'the subject first',
  },
  {
    find: /(?:^|[.:;!?] |\*\* )(?:To|From|At|By) an? [a-z]+ (?:goes|comes|stands)\b/m,
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
