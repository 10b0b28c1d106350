// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell or a template would have replaced.
import { MINIMAL } from './fixture.ts';

/** One mistake in a config that is otherwise right, and the one line that `check` prints of it. */
export interface YamlMistake {
  readonly mistake: string;
  readonly text: string;
  readonly says: string;
}

/** Mistakes of the text: what YAML makes of it is not what was meant. */
export const TEXT: readonly YamlMistake[] = [
  {
    mistake: 'a tab indents a field',
    text: changed('  region', '\tregion'),
    says: 'error: tabs cannot indent (config.yaml:5:1); use spaces',
  },
  {
    mistake: 'a tab follows the spaces',
    text: changed('  region', '  \tregion'),
    says: 'error: tabs cannot indent (config.yaml:5:3); use spaces',
  },
  {
    mistake: 'a tab follows the dash of a list',
    text: changed('  - match', '  -\tmatch'),
    says: 'error: tabs cannot indent (config.yaml:12:4); use spaces',
  },
  {
    mistake: 'no space after a colon',
    text: changed('region: ', 'region:'),
    says: 'error: a space is missing after the colon (config.yaml:5:3); write "name: value"',
  },
  {
    mistake: 'no space after the colon of the last field',
    text: changed('encrypt: ', 'encrypt:'),
    says: 'error: a space is missing after the colon (config.yaml:13:5); write "name: value"',
  },
  {
    mistake: 'no space after a colon in brackets',
    text: changed('bucket: backups', 'bucket:backups'),
    says: 'error: rules[0].match.bucket: a space is missing after the colon (config.yaml:12:14); write "name: value"',
  },
  {
    mistake: 'no space after the dash of a list',
    text: changed('- match', '-match'),
    says: 'error: a space is missing after the dash (config.yaml:12:3); write "- name: value"',
  },
  {
    mistake: 'no space after the only dash of a list',
    text: changed('- address', '-address'),
    says: 'error: listen: must be a list, not a section of fields (config.yaml:1:1); a space is missing after the dash: write "- name: value"',
  },
  {
    mistake: 'no colon after a field',
    text: changed('region: eu', 'region eu'),
    says: 'error: there is no colon on this line, so it is not a field (config.yaml:5:3); write "name: value", or "name:" with its fields indented below it',
  },
  {
    mistake: 'no colon after a section',
    text: changed('upstream:', 'upstream'),
    says: 'error: there is no colon on this line, so it is not a field (config.yaml:3:1); write "name: value", or "name:" with its fields indented below it',
  },
  {
    mistake: '"=" for a colon',
    text: changed('region: ', 'region='),
    says: 'error: a field has a colon, not "=" (config.yaml:5:3); write "name: value"',
  },
  {
    mistake: 'a section of an INI file',
    text: `[proxy]\n${MINIMAL}`,
    says: 'error: this is a section of an INI or TOML file (config.yaml:1:1); write the config as YAML: the name with a colon, and its fields indented below it',
  },
  {
    mistake: 'a comment that begins with //',
    text: changed('upstream:\n', 'upstream:\n  // the store\n'),
    says: 'error: this is not how a comment begins (config.yaml:4:3); begin comments with #',
  },
  {
    mistake: 'a text that is no config',
    text: 'hello\n',
    says: 'error: must be a section of fields, not a string (config.yaml:1:1); begin with one of the examples in config/, such as minio.yaml',
  },
  {
    mistake: 'an empty file',
    text: '# nothing yet\n',
    says: 'error: must be a section of fields, but is empty (config.yaml:1:1); begin with one of the examples in config/, such as minio.yaml',
  },
  {
    mistake: 'a list for the whole config',
    text: '- listen\n',
    says: 'error: must be a section of fields, not a list (config.yaml:1:1); begin with one of the examples in config/, such as minio.yaml',
  },
  {
    mistake: 'a field twice at the top',
    text: `${MINIMAL}default: deny\ndefault: pass\n`,
    says: 'error: the same section has the field twice: on line 14 too (config.yaml:15:1); join both, or remove one',
  },
  {
    mistake: 'a section twice',
    text: `${MINIMAL}keys:\n  other: { file: other }\n`,
    says: 'error: the same section has the field twice: on line 9 too (config.yaml:14:1); join both, or remove one',
  },
  {
    mistake: 'a field twice in brackets',
    text: changed('accessKeyId: up', 'accessKeyId: up, accessKeyId: up'),
    says: 'error: the same section has the field twice: on line 6 too (config.yaml:6:35); join both, or remove one',
  },
  {
    mistake: 'a double quote that is not closed',
    text: changed('eu-test-1', '"eu-test-1'),
    says: 'error: this quote is not closed on its line (config.yaml:5:11); add a " at the end of the text',
  },
  {
    mistake: 'a single quote that is not closed',
    text: changed('eu-test-1', "'eu-test-1"),
    says: "error: this quote is not closed on its line (config.yaml:5:11); add a ' at the end of the text",
  },
  {
    mistake: 'a quote that is closed by the other kind',
    text: changed('keys/vault', '"keys/vault\''),
    says: 'error: this quote is not closed on its line (config.yaml:10:18); add a " at the end of the text',
  },
  {
    mistake: 'text after a quote',
    text: changed('eu-test-1', '"eu-test-1" (Frankfurt)'),
    says: 'error: there is text after the closing quote (config.yaml:5:23); put the whole value in quotes; a quote in it is written \\"',
  },
  {
    mistake: 'an apostrophe in single quotes',
    text: changed('keys/vault', "'it's'"),
    says: "error: there is text after the closing quote (config.yaml:10:22); put the whole value in quotes; a quote in it is written ''",
  },
  {
    mistake: 'typographic quotes',
    text: changed('eu-test-1', '\u201ceu-test-1\u201d'),
    says: 'error: upstream.region: typographic quotes are part of the value (config.yaml:5:11); use straight quotes (" or \'), or none',
  },
  {
    mistake: 'a quote at the end alone',
    text: changed('eu-test-1', 'eu-test-1"'),
    says: 'error: upstream.region: must be a region such as "eu-central-1" (lower-case letters, digits and -) (config.yaml:5:11); there is a quote too many or too few',
  },
  {
    mistake: 'a bracket that is not closed',
    text: changed('[vault]', '[vault'),
    says: 'error: this [ is not closed (config.yaml:13:14); add the ]; lines in between are indented deeper than the line with the [',
  },
  {
    mistake: 'a brace that is not closed',
    text: changed('backups }', 'backups'),
    says: 'error: this { is not closed (config.yaml:12:12); add the }; lines in between are indented deeper than the line with the {',
  },
  {
    mistake: 'a brace that closes a bracket',
    text: changed('[vault]', '[vault}'),
    says: 'error: this } does not fit the [ before it (config.yaml:13:20); close the [ with ]',
  },
  {
    mistake: 'a brace too many',
    text: changed('backups }', 'backups }}'),
    says: 'error: this } closes nothing (config.yaml:12:31); remove it',
  },
  {
    mistake: 'a bracket too many',
    text: changed('[vault]', '[vault]]'),
    says: 'error: this ] closes nothing (config.yaml:13:21); remove it',
  },
  {
    mistake: 'no comma between fields in brackets',
    text: changed('accessKeyId: app, ', 'accessKeyId: app '),
    says: 'error: a comma is missing between two fields in { } (config.yaml:8:20); write { a: 1, b: 2 }; put a value with special characters in quotes',
  },
  {
    mistake: 'no comma between the entries of a list',
    text: changed('[vault]', '[vault vault]'),
    says: 'error: rules[0].encrypt[0]: unknown key "vault vault" (config.yaml:13:15); separate key ids with commas',
  },
  {
    mistake: 'two commas',
    text: changed('[vault]', '[vault,,vault]'),
    says: 'error: there is a comma too many (config.yaml:13:21); remove it',
  },
  {
    mistake: 'a comma after a closing brace',
    text: changed('{ env: APP_SECRET } }', '{ env: APP_SECRET } },'),
    says: 'error: no comma follows a value outside of brackets (config.yaml:8:63); remove it',
  },
  {
    mistake: 'a comma at the end of a line',
    text: changed('eu-test-1', 'eu-test-1,'),
    says: 'error: upstream.region: must be a region such as "eu-central-1" (lower-case letters, digits and -) (config.yaml:5:11); remove the "," at its end',
  },
  {
    mistake: 'lines with dashes in brackets',
    text: changed('[vault]', '[\n      - vault\n    ]'),
    says: 'error: a "- " cannot be inside brackets (config.yaml:14:7); write [a, b], or one line with "- " for each entry and no brackets',
  },
  {
    mistake: 'bucket: *',
    text: changed('bucket: backups', 'bucket: *'),
    says: 'error: a value that begins with "*" is an alias in YAML (config.yaml:12:22); put it in quotes, as in "*" or "*-logs"',
  },
  {
    mistake: 'a glob that begins with a star',
    text: changed('bucket: backups', 'bucket: *-logs'),
    says: 'error: a value that begins with "*" is an alias in YAML, and it has no anchor before it (config.yaml:12:22); put it in quotes, as in "*" or "*-logs"',
  },
  {
    mistake: 'a domain that begins with a star',
    text: `${MINIMAL}domains:\n  - *.example.com\n`,
    says: 'error: a value that begins with "*" is an alias in YAML, and it has no anchor before it (config.yaml:15:5); put it in quotes, as in "*" or "*-logs"',
  },
  {
    mistake: 'a value that begins with &',
    text: changed('eu-test-1', '&eu'),
    says: 'error: a value that begins with "&" is an anchor in YAML, so the field is empty (config.yaml:5:11); put it in quotes',
  },
  {
    mistake: 'a value that begins with "& "',
    text: changed('eu-test-1', '& eu'),
    says: 'error: a value that begins with "&" is an anchor in YAML (config.yaml:5:11); put it in quotes',
  },
  {
    mistake: 'a value that begins with @',
    text: changed('accessKeyId: app', 'accessKeyId: @app'),
    says: 'error: no value may begin with "@" (config.yaml:8:20); put it in quotes',
  },
  {
    mistake: 'a value that begins with a backtick',
    text: changed('eu-test-1', '`eu-test-1`'),
    says: 'error: no value may begin with "`" (config.yaml:5:11); put it in quotes',
  },
  {
    mistake: 'a value that begins with %',
    text: changed('bucket: backups', 'bucket: backups, prefix: %25'),
    says: 'error: no value may begin with "%" (config.yaml:12:39); put it in quotes',
  },
  {
    mistake: 'a value that begins with |',
    text: changed('eu-test-1', '|eu'),
    says: 'error: a value that begins with "|" is a text of several lines in YAML (config.yaml:5:11); put it in quotes',
  },
  {
    mistake: 'a value that begins with !',
    text: changed('{ env: UP_SECRET }', '!env UP_SECRET'),
    says: 'error: tags (words that begin with "!") are not supported (config.yaml:6:52); put a value that begins with "!" in quotes; a variable or a file is { env: NAME } or { file: PATH }',
  },
  {
    mistake: 'a tag below a text of two lines',
    text: changed('vault }', '"va\n    ult" }\n  other: !file keys/other'),
    says: 'error: tags (words that begin with "!") are not supported (config.yaml:12:10); put a value that begins with "!" in quotes; a variable or a file is { env: NAME } or { file: PATH }',
  },
  {
    mistake: 'a section that has itself within it',
    text: changed('  - match', '  - &rule\n    again: *rule\n    match'),
    says: 'error: this alias stands for what it is in itself (config.yaml:13:12); write the values out',
  },
  {
    mistake: 'an id that JavaScript gives a meaning of its own',
    text: changed('  vault: {', '  __proto__: 5\n  vault: {'),
    says: 'error: nothing can be called __proto__ (config.yaml:10:3); give it another name',
  },
  {
    mistake: 'a value that begins with #',
    text: changed('eu-test-1', '#eu'),
    says: 'error: upstream.region: must be a string, but is empty (config.yaml:5:11); write a value, or remove the field; a value that begins with # needs quotes',
  },
  {
    mistake: 'a colon and a space in a value',
    text: changed('file: keys/vault }', 'file: keys/vault }\n  old: a: b'),
    says: 'error: there is a second ": " on this line (config.yaml:11:8); put the value in quotes, or the second field on a line of its own',
  },
  {
    mistake: 'two fields on a line',
    text: changed('  region: eu-test-1', '  region: eu-test-1 provider: aws'),
    says: 'error: there is a second ": " on this line (config.yaml:5:11); put the value in quotes, or the second field on a line of its own',
  },
  {
    mistake: 'a backslash in double quotes',
    text: changed('keys/vault', '"C:\\keys\\vault"'),
    says: 'error: YAML does not know this escape sequence (a backslash in double quotes) (config.yaml:10:21); use single quotes, or write the backslash twice',
  },
  {
    mistake: 'a second document',
    text: `${MINIMAL}---\nlog: { level: debug }\n`,
    says: 'error: a second document begins here (after "---" or "..."), but the file may have only one document (config.yaml:14:1); remove that line, or put the documents into files of their own',
  },
  {
    mistake: 'a text after the end of the document',
    text: `${MINIMAL}...\nlog: { level: debug }\n`,
    says: 'error: a second document begins here (after "---" or "..."), but the file may have only one document (config.yaml:15:1); remove that line, or put the documents into files of their own',
  },
  {
    mistake: 'a merge key',
    text: changed('  - match', '  - <<: { encrypt: off }\n    match'),
    says: 'error: rules[0]["<<"]: merge keys (<<) are not supported (config.yaml:12:5); write the fields out; an alias (*name) may stand for a whole section',
  },
  {
    mistake: 'an alias without its anchor',
    text: changed('{ env: APP_SECRET }', '*secret'),
    says: 'error: a value that begins with "*" is an alias in YAML, and it has no anchor before it (config.yaml:8:42); put it in quotes, as in "*" or "*-logs"',
  },
  {
    mistake: 'too little indentation',
    text: changed('  region', ' region'),
    says: 'error: this line has 1 space before it, which fits no line above (config.yaml:5:2); indent it by 2 or 0, like the lines beside it',
  },
  {
    mistake: 'no indentation',
    text: changed('  region', 'region'),
    says: 'error: this line is indented deeper than line 5, whose field has a value already (config.yaml:6:3); indent both lines alike, or remove that value',
  },
  {
    mistake: 'too much indentation',
    text: changed('  region', '   region'),
    says: 'error: this line is indented deeper than line 4, whose field has a value already (config.yaml:5:4); indent both lines alike, or remove that value',
  },
  {
    mistake: 'a field of a list entry with too much indentation',
    text: changed('    encrypt', '      encrypt'),
    says: 'error: this line has 6 spaces before it, which fits no line above (config.yaml:13:7); indent it by 4, 2 or 0, like the lines beside it',
  },
  {
    mistake: 'a field of a list entry with too little indentation',
    text: changed('    encrypt', '   encrypt'),
    says: 'error: this line has 3 spaces before it, which fits no line above (config.yaml:13:4); indent it by 4, 2 or 0, like the lines beside it',
  },
  {
    mistake: 'a list entry without its section',
    text: `${MINIMAL}- { accessKeyId: other }\n`,
    says: 'error: a list entry ("- ") is here, where only fields are (config.yaml:14:1); put it below the field whose list it belongs to',
  },
  {
    mistake: 'fields below a value',
    text: changed('upstream:', 'upstream: aws'),
    says: 'error: this line is indented deeper than line 3, whose field has a value already (config.yaml:4:3); indent both lines alike, or remove that value',
  },
  {
    mistake: 'brackets over several lines without indentation',
    text: changed('[vault]', '[\n    vault\n]'),
    says: 'error: this [ is not closed (config.yaml:13:14); add the ]; lines in between are indented deeper than the line with the [',
  },
  {
    mistake: 'a list as the name of a field',
    text: `${MINIMAL}[vault]: 1\n`,
    says: 'error: a field name must be a text (config.yaml:14:1); put it in quotes',
  },
  {
    mistake: 'a no-break space before a field',
    text: changed('  region', '\u00a0\u00a0region'),
    says: 'error: this looks like a space, but is another character (such as a no-break space) (config.yaml:5:1); replace it with a space',
  },
  {
    mistake: 'a no-break space after a colon',
    text: changed('region: ', 'region:\u00a0'),
    says: 'error: this looks like a space, but is another character (such as a no-break space) (config.yaml:5:10); replace it with a space',
  },
  {
    mistake: 'a byte order mark within the text',
    text: changed('  region', '  \ufeffregion'),
    says: 'error: upstream["\ufeffregion"]: the name of the field has a character that cannot be seen (such as a no-break space) (config.yaml:5:3); type the name again',
  },
  {
    mistake: 'a NUL',
    text: changed('eu-test-1', 'eu-test-1\u0000'),
    says: 'error: there is a control character here, which cannot be seen (config.yaml:5:20); remove it; type the line again if you cannot find it',
  },
  {
    mistake: 'carriage returns alone',
    text: MINIMAL.replaceAll('\n', '\r'),
    says: 'error: a line ends with a carriage return alone (config.yaml:1:8); save the file with line feeds (LF) at the ends of lines',
  },
  {
    mistake: 'a conflict of git',
    text: changed(
      '  region: eu-test-1\n',
      '<<<<<<< HEAD\n  region: eu-test-1\n=======\n  region: eu-test-2\n>>>>>>> other\n',
    ),
    says: 'error: a merge conflict is left in the file (config.yaml:5:1); keep one of the two versions, and remove the lines with <<<<<<<, ======= and >>>>>>>',
  },
  {
    mistake: 'a template of Helm',
    text: changed('eu-test-1', '{{ .Values.region }}'),
    says: 'error: a template ({{ … }}) is left in the file (config.yaml:5:11); render the template before, or put the value in quotes',
  },
  {
    mistake: 'a template of Helm in quotes',
    text: changed('eu-test-1', '"{{ .Values.region }}"'),
    says: 'error: upstream.region: a template or a command such as {{ … }} is left in the config, which replaces none (config.yaml:5:11); write the value, or render the file before',
  },
  {
    mistake: 'a variable',
    text: changed('eu-test-1', '${REGION}'),
    says: 'error: upstream.region: variables such as $NAME are not replaced in the config (config.yaml:5:11); write the value, or { env: NAME } where a secret is expected',
  },
  {
    mistake: 'a variable with a default',
    text: changed('https://s3.example.org', '"${ENDPOINT:-https://s3.example.org}"'),
    says: 'error: upstream.endpoint: variables such as $NAME are not replaced in the config (config.yaml:4:13); write the value, or { env: NAME } where a secret is expected',
  },
  {
    mistake: 'a variable for a secret in brackets',
    text: changed('{ env: UP_SECRET }', '${UP_SECRET}'),
    says: 'error: variables such as $NAME are not replaced in the config (config.yaml:6:52); write the value, or { env: NAME } where a secret is expected',
  },
  {
    mistake: 'a variable for a secret in quotes',
    text: changed('{ env: UP_SECRET }', '"$UP_SECRET"'),
    says: 'error: upstream.credentials.secretAccessKey: variables such as $NAME are not replaced in the config (config.yaml:6:52); write the value, or { env: NAME } where a secret is expected',
  },
  {
    mistake: 'a variable with its dollar sign after env:',
    text: changed('{ env: UP_SECRET }', '{ env: $UP_SECRET }'),
    says: 'error: upstream.credentials.secretAccessKey.env: variables such as $NAME are not replaced in the config (config.yaml:6:59); write the value, or { env: NAME } where a secret is expected',
  },
  {
    mistake: 'a placeholder',
    text: changed('eu-test-1', '<region>'),
    says: 'error: upstream.region: this is a placeholder that was not filled in (config.yaml:5:11); write the value',
  },
  {
    mistake: 'entries below an empty list',
    text: changed('rules:', 'rules: []'),
    says: 'error: line 11 has an empty value ([] or {}), so that nothing can be below it (config.yaml:12:1); remove the brackets there',
  },
  {
    mistake: 'a field without its braces',
    text: changed(
      'secretAccessKey: { env: UP_SECRET } }',
      'secretAccessKey: { env: UP_SECRET } }\n  ca: file: ca.pem',
    ),
    says: 'error: there is a second ": " on this line (config.yaml:7:7); put it in braces, as in { env: NAME } or { file: PATH }',
  },
  {
    mistake: 'dashes of a list that are not indented alike',
    text: changed('[vault]', '\n    - vault\n     - vault'),
    says: 'error: rules[0].encrypt[0]: unknown key "vault - vault" (config.yaml:14:7); indent each "- " of the list alike',
  },
];

/** Mistakes of fields and their values. */
export const FIELDS: readonly YamlMistake[] = [
  {
    mistake: 'a misspelt field',
    text: changed('endpoint', 'endpont'),
    says: 'error: upstream.endpont: unknown field (config.yaml:4:3); did you mean "endpoint"?',
  },
  {
    mistake: 'another capital',
    text: changed('accessKeyId: up', 'accessKeyID: up'),
    says: 'error: upstream.credentials.accessKeyID: unknown field (config.yaml:6:18); did you mean "accessKeyId"?',
  },
  {
    mistake: 'underscores',
    text: changed('accessKeyId: up', 'access_key_id: up'),
    says: 'error: upstream.credentials.access_key_id: unknown field (config.yaml:6:18); did you mean "accessKeyId"?',
  },
  {
    mistake: 'the word of another program',
    text: changed('endpoint', 'url'),
    says: 'error: upstream.url: unknown field (config.yaml:4:3); did you mean "endpoint"?',
  },
  {
    mistake: 'a field of the section below',
    text: changed('match: { bucket: backups }', 'bucket: backups'),
    says: 'error: rules[0].bucket: unknown field (config.yaml:12:5); it belongs in match',
  },
  {
    mistake: 'a field of the top, indented',
    text: changed('  region: eu-test-1', '  default: deny\n  region: eu-test-1'),
    says: 'error: upstream.default: unknown field (config.yaml:5:3); it belongs at the top of the file, without indentation',
  },
  {
    mistake: 'a field of another section',
    text: `${MINIMAL}level: debug\n`,
    says: 'error: level: unknown field (config.yaml:14:1); it belongs in log',
  },
  {
    mistake: 'a field that does not exist',
    text: `${MINIMAL}log: { colour: red }\n`,
    says: 'error: log.colour: unknown field (config.yaml:14:8); remove it, or use one of level, format, sample, buffer',
  },
  {
    mistake: 'a missing field',
    text: changed('  region: eu-test-1\n', ''),
    says: 'error: upstream.region: is missing (config.yaml:3:1); add it (Region that requests to the store are signed for)',
  },
  {
    mistake: 'a missing section',
    text: changed('match: { bucket: backups }', 'plainReads: deny'),
    says: 'error: rules[0].match: is missing (config.yaml:12:5); add it (Which objects the rule matches)',
  },
  {
    mistake: 'an empty section',
    text: changed('keys:\n  vault: { file: keys/vault }', 'keys:'),
    says: 'error: keys: must be a section of fields, but is empty (config.yaml:9:6); write what belongs to it, indented below it, or remove it',
  },
  {
    mistake: 'an empty value',
    text: changed('eu-test-1', ''),
    says: 'error: upstream.region: must be a string, but is empty (config.yaml:5:11); write a value, or remove the field; a value that begins with # needs quotes',
  },
  {
    mistake: 'an empty list entry',
    text: changed('  - match', '  -\n  - match'),
    says: 'error: rules[0]: must be a section of fields, but is empty (config.yaml:12:4); write what belongs to it, indented below it, or remove it',
  },
  {
    mistake: 'a list for a section',
    text: changed(
      '  endpoint: https://s3.example.org\n  region: eu-test-1\n  credentials',
      '  - endpoint: https://s3.example.org\n    region: eu-test-1\n    credentials',
    ),
    says: 'error: upstream: must be a section of fields, not a list (config.yaml:3:1); write the fields below it without "- "',
  },
  {
    mistake: 'a section for a list',
    text: changed('  - address', '  address'),
    says: 'error: listen: must be a list, not a section of fields (config.yaml:1:1); begin each entry with "- "',
  },
  {
    mistake: 'a list of ids',
    text: changed('keys:\n  vault', 'keys:\n  - vault'),
    says: 'error: keys: must be a section of fields, not a list (config.yaml:9:1); write each entry as its id with a colon, without "- "',
  },
  {
    mistake: 'a text for a list',
    text: `${MINIMAL}domains: s3.example.com\n`,
    says: 'error: domains: must be a list, not a string (config.yaml:14:10); write [a, b], or each entry on a line of its own that begins with "- "',
  },
  {
    mistake: 'a text for a list of actions',
    text: changed(
      '{ env: APP_SECRET } }',
      '{ env: APP_SECRET }, allow: [{ bucket: backups, actions: read }] }',
    ),
    says: 'error: clients[0].allow[0].actions: must be a list, not a string (config.yaml:8:99); write [a, b], or each entry on a line of its own that begins with "- "',
  },
  {
    mistake: 'a key id without its list',
    text: changed('[vault]', 'vault'),
    says: 'error: rules[0].encrypt: must be a list of key ids, as in [backups-2026], or of { key, derive: object, context }, or off (config.yaml:13:14); put the key id in brackets: [ … ]',
  },
  {
    mistake: 'a text for a section',
    text: changed('match: { bucket: backups }', 'match: backups'),
    says: 'error: rules[0].match: must be a section of fields, not a string (config.yaml:12:12); write its fields, as in { bucket: … }',
  },
  {
    mistake: 'a path for a key',
    text: changed('{ file: keys/vault }', 'keys/vault'),
    says: 'error: keys.vault: must be a section of fields, not a string (config.yaml:10:10); write its fields, as in { file: … }',
  },
  {
    mistake: 'yes',
    text: changed('127.0.0.1:0', '127.0.0.1:0\n    insecure: yes'),
    says: 'error: listen[0].insecure: must be true or false, not a string (config.yaml:3:15); write true, without quotes',
  },
  {
    mistake: 'off for false',
    text: changed('127.0.0.1:0', '127.0.0.1:0\n    admin: off'),
    says: 'error: listen[0].admin: must be true or false, not a string (config.yaml:3:12); write false, without quotes',
  },
  {
    mistake: 'true in quotes',
    text: changed('127.0.0.1:0', '127.0.0.1:0\n    insecure: "true"'),
    says: 'error: listen[0].insecure: must be true or false, not a string (config.yaml:3:15); write true, without quotes',
  },
  {
    mistake: 'a number for a text',
    text: changed('eu-test-1', '0123'),
    says: 'error: upstream.region: must be a string, not a number (config.yaml:5:11); put it in quotes',
  },
  {
    mistake: 'a number for an access key id',
    text: changed('accessKeyId: app', 'accessKeyId: 1e5'),
    says: 'error: clients[0].accessKeyId: must be exactly one of a string, { env: NAME } or { file: PATH } (config.yaml:8:20); put it in quotes',
  },
  {
    mistake: 'a number in quotes',
    text: `${MINIMAL}limits: { connections: "100" }\n`,
    says: 'error: limits.connections: must be a whole number from 1 to 1000000 (config.yaml:14:24); remove the quotes',
  },
  {
    mistake: 'a fraction',
    text: `${MINIMAL}limits: { connections: 1.5 }\n`,
    says: 'error: limits.connections: must be a whole number from 1 to 1000000 (config.yaml:14:24)',
  },
  {
    mistake: 'a number out of its range',
    text: `${MINIMAL}limits: { connections: 0 }\n`,
    says: 'error: limits.connections: must be at least 1 (config.yaml:14:24)',
  },
  {
    mistake: 'a number for a key id',
    text: changed('[vault]', '[2026]'),
    says: 'error: rules[0].encrypt: must be a list of key ids, as in [backups-2026], or of { key, derive: object, context }, or off (config.yaml:13:5); put a key id that is a number in quotes',
  },
  {
    mistake: 'a duration without its unit',
    text: `${MINIMAL}drain: 30\n`,
    says: 'error: drain: must be a duration such as "500ms", "5s" or "2m" (config.yaml:14:8); did you mean "30s"?',
  },
  {
    mistake: 'a duration with a word for its unit',
    text: `${MINIMAL}drain: 5 min\n`,
    says: 'error: drain: must be a duration from 1 ms to 24 h such as "500ms", "5s" or "2m" (config.yaml:14:8); did you mean "5m"?',
  },
  {
    mistake: 'a duration in days',
    text: `${MINIMAL}drain: 1d\n`,
    says: 'error: drain: must be a duration from 1 ms to 24 h such as "500ms", "5s" or "2m" (config.yaml:14:8); did you mean "24h"?',
  },
  {
    mistake: 'a duration that is none',
    text: `${MINIMAL}drain: soon\n`,
    says: 'error: drain: must be a duration from 1 ms to 24 h such as "500ms", "5s" or "2m" (config.yaml:14:8)',
  },
  {
    mistake: 'false for off',
    text: `${MINIMAL}reload: { watch: false }\n`,
    says: 'error: reload.watch: must be a duration such as "10s" or "2m", or off (config.yaml:14:18)',
  },
  {
    mistake: 'a size with another unit',
    text: `${MINIMAL}limits: { documents: 32MB }\n`,
    says: 'error: limits.documents: must be a size from 16MiB to 1024MiB such as "32MiB" (config.yaml:14:22); did you mean "32MiB"?',
  },
  {
    mistake: 'a size in bytes',
    text: `${MINIMAL}limits: { documents: 33554432 }\n`,
    says: 'error: limits.documents: must be a size such as "64KiB" or "1MiB" (config.yaml:14:22); did you mean "32MiB"?',
  },
  {
    mistake: 'a size out of its range',
    text: `${MINIMAL}limits: { documents: 8MiB }\n`,
    says: 'error: limits.documents: must be a size from 16MiB to 1024MiB such as "32MiB" (config.yaml:14:22)',
  },
  {
    mistake: 'a size with another unit and out of its range',
    text: `${MINIMAL}limits: { documents: 8 MB }\n`,
    says: 'error: limits.documents: must be a size from 16MiB to 1024MiB such as "32MiB" (config.yaml:14:22)',
  },
  {
    mistake: 'a duration out of its range',
    text: `${MINIMAL}drain: 25h\n`,
    says: 'error: drain: must be a duration from 1 ms to 24 h such as "500ms", "5s" or "2m" (config.yaml:14:8)',
  },
  {
    mistake: 'false for encrypt: off',
    text: changed('[vault]', 'false'),
    says: 'error: rules[0].encrypt: must be written off, not false (config.yaml:13:14)',
  },
  {
    mistake: 'none for encrypt: off',
    text: changed('[vault]', 'none'),
    says: 'error: rules[0].encrypt: must be a list of key ids, as in [backups-2026], or of { key, derive: object, context }, or off (config.yaml:13:14); write encrypt: off, which leaves the objects unencrypted',
  },
  {
    mistake: 'off in brackets',
    text: changed('[vault]', '[off]'),
    says: 'error: rules[0].encrypt[0]: unknown key "off" (config.yaml:13:15); write encrypt: off, without brackets',
  },
  {
    mistake: 'an unknown word',
    text: `${MINIMAL}default: allow\n`,
    says: 'error: default: must be one of deny, pass (config.yaml:14:10)',
  },
  {
    mistake: 'a misspelt word',
    text: `${MINIMAL}default: dney\n`,
    says: 'error: default: must be one of deny, pass (config.yaml:14:10); did you mean "deny"?',
  },
  {
    mistake: 'a misspelt key id',
    text: changed('[vault]', '[valut]'),
    says: 'error: rules[0].encrypt[0]: unknown key "valut" (config.yaml:13:15); did you mean "vault"?',
  },
  {
    mistake: 'a port for an address',
    text: changed('127.0.0.1:0', '8443'),
    says: 'error: listen[0].address: must be "host:port" (an IPv6 host in brackets), as in "127.0.0.1:8443" or "[::1]:8443"; or unix:/PATH; or systemd:NAME (config.yaml:2:14)',
  },
  {
    mistake: 'an endpoint without its scheme',
    text: changed('https://s3.example.org', 's3.example.org'),
    says: 'error: upstream.endpoint: must begin with https:// (or http://) and a host (config.yaml:4:13); write it as in https://s3.example.com',
  },
  {
    mistake: 'a date for a time',
    text: changed('{ file: keys/vault }', '{ file: keys/vault, writesFrom: 2026-01-01 }'),
    says: 'error: keys.vault.writesFrom: must be a time with its offset, as in 2026-12-01T00:00:00Z (config.yaml:10:42)',
  },
  {
    mistake: 'a section in the singular',
    text: changed('keys:', 'key:'),
    says: 'error: key: unknown field (config.yaml:9:1); did you mean "keys"?',
  },
  {
    mistake: 'the fields of one entry without its id',
    text: changed('keys:\n  vault: { file: keys/vault }', 'keys:\n  file: keys/vault'),
    says: 'error: keys: has the fields of one entry where ids are expected (config.yaml:9:1); put the fields below an id',
  },
  {
    mistake: 'the fields of one store in upstreams',
    text: changed('upstream:', 'upstreams:'),
    says: 'error: upstreams: has the fields of one entry where ids are expected (config.yaml:3:1); write upstream: for one store, or put the fields below an id',
  },
  {
    mistake: 'a text of several lines for a list',
    text: changed('rules:', 'rules: |'),
    says: 'error: rules: must be a list, not a string (config.yaml:11:8); remove the "|" or ">" after the colon',
  },
  {
    mistake: 'a list for one value',
    text: changed('bucket: backups', 'bucket: [backups, logs]'),
    says: 'error: rules[0].match.bucket: must be a string, not a list (config.yaml:12:14); write one value; for several, repeat the entry with each',
  },
  {
    mistake: 'a URL for a bucket',
    text: changed('bucket: backups', 'bucket: "s3://backups"'),
    says: 'error: rules[0].match.bucket: has characters that no bucket name has (config.yaml:12:22); write the name of the bucket alone',
  },
  {
    mistake: 'a misspelt source of a secret',
    text: changed('{ env: UP_SECRET }', '{ environ: UP_SECRET }'),
    says: 'error: upstream.credentials.secretAccessKey: must be exactly one of a string, { env: NAME } or { file: PATH } (config.yaml:6:35)',
  },
  {
    mistake: 'no space after the colon in a secret',
    text: changed('{ env: UP_SECRET }', '{env:UP_SECRET}'),
    says: 'error: upstream.credentials.secretAccessKey: must be exactly one of a string, { env: NAME } or { file: PATH } (config.yaml:6:35); a space is missing after the colon',
  },
  {
    mistake: 'a secret without the space after its colon',
    text: changed('secretAccessKey: { env: APP_SECRET }', 'secretAccessKey:hunter2'),
    says: 'error: clients[0].secretAccessKey: a space is missing after the colon (config.yaml:8:25); write "name: value"',
  },
  {
    mistake: 'a secret after "="',
    text: changed('secretAccessKey: { env: APP_SECRET }', 'secretAccessKey=hunter2'),
    says: 'error: clients[0].secretAccessKey: a space is missing after the colon (config.yaml:8:25); write "name: value"',
  },
  {
    mistake: 'a secret without a colon',
    text: changed('secretAccessKey: { env: APP_SECRET }', 'secretAccessKey hunter2'),
    says: 'error: clients[0].secretAccessKey: a colon is missing after this name (config.yaml:8:25); write "name: value"',
  },
  {
    mistake: 'a text behind the name of an unknown field',
    text: changed('keys/vault }', 'keys/vault, base64 hunter2 }'),
    says: 'error: keys.vault["base64…"]: unknown field (config.yaml:10:30); remove it, or use one of file, directory, env, exec, vault, format, fingerprint, writesFrom',
  },
  {
    mistake: 'more workers than a number can count',
    text: `${MINIMAL}workers: 99999999999999999999\n`,
    says: 'error: workers: must be auto or a whole number from 1 to 64 (config.yaml:14:10)',
  },
  {
    mistake: 'two sources of a secret',
    text: changed('{ env: UP_SECRET }', '{ env: UP_SECRET, file: up }'),
    says: 'error: upstream.credentials.secretAccessKey: must be exactly one of a string, { env: NAME } or { file: PATH } (config.yaml:6:35); remove all but one of the fields',
  },
];

function changed(from: string, to: string): string {
  if (!MINIMAL.includes(from)) throw new Error(`${from} is not in the config`);
  return MINIMAL.replace(from, () => to);
}
