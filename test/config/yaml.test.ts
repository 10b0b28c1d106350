import t from 'tap';
import { ENV, load, MINIMAL } from './fixture.ts';
import { FIELDS, TEXT } from './yaml-mistakes.ts';

for (const [of, mistakes] of Object.entries({ text: TEXT, fields: FIELDS })) {
  t.test(`each mistake of the ${of} is one line: where, what, and what to write instead`, async (t) => {
    for (const { mistake, text, says } of mistakes) {
      const { lines, snapshot } = await load(text);
      t.strictSame(lines, [says], mistake);
      t.equal(snapshot, undefined, mistake);
    }
  });
}

t.test('the list of mistakes is long, and no mistake is in it twice', async (t) => {
  const names = [...TEXT, ...FIELDS].map(({ mistake }) => mistake);
  t.ok(names.length >= 60);
  t.equal(new Set(names).size, names.length);
});

t.test('what YAML allows stays allowed', async (t) => {
  const allowed: Readonly<Record<string, string>> = {
    'Windows line ends': MINIMAL.replaceAll('\n', '\r\n'),
    'a byte order mark at the start': `\ufeff${MINIMAL}`,
    'a document mark at the start': `---\n${MINIMAL}`,
    'a mark at the end': `${MINIMAL}...\n`,
    'a tab after a colon': MINIMAL.replace('region: ', 'region:\t'),
    'a list that is not indented': MINIMAL.replace('  - address', '- address'),
    'quotes of both kinds': MINIMAL.replace('eu-test-1', '"eu-test-1"').replace('vault }', "'vault' }"),
    'brackets over several lines': MINIMAL.replace('[vault]', '[\n      vault,\n    ]'),
    'an escape sequence': MINIMAL.replace('bucket: backups', 'bucket: backups, prefix: "\\u00e9/"'),
    'a no-break space in quotes': MINIMAL.replace('bucket: backups', 'bucket: backups, prefix: "a:\u00a0b"'),
    'a star in quotes': MINIMAL.replace('bucket: backups', 'bucket: "*"'),
    'a comment with a conflict in it': `# <<<<<<< HEAD\n${MINIMAL}`,
    'a variable in a command': MINIMAL.replace(
      '{ file: keys/vault }',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell reads it.
      '{ exec: { command: [sh, -c, "echo ${KEY}"] } }',
    ),
  };
  for (const [what, text] of Object.entries(allowed)) {
    const { lines } = await load(text, { env: ENV });
    t.strictSame(
      lines.filter((line) => line.startsWith('error') && !line.includes('keys.vault')),
      [],
      what,
    );
  }
});

t.test('JSON is YAML', async (t) => {
  const config = {
    listen: [{ address: '127.0.0.1:0', auth: 'none' }],
    upstream: {
      endpoint: 'https://s3.example.org',
      region: 'eu-test-1',
      credentials: { accessKeyId: 'up', secretAccessKey: { env: 'UP_SECRET' } },
    },
    keys: { vault: { file: 'keys/vault' } },
    rules: [{ match: { bucket: 'backups' }, encrypt: ['vault'] }],
  };
  t.strictSame((await load(JSON.stringify(config, null, '\t'))).lines, []);
  t.strictSame((await load(JSON.stringify(config))).lines, []);
});

t.test('a text that is anything but a config is an error, however deep or long', async (t) => {
  for (const part of [
    '[',
    '{',
    '"',
    "'",
    '- ',
    'a: ',
    '*a ',
    '&a ',
    '? ',
    '\t',
    '#',
    'a\n',
    '"a\n',
    'a: "b\n',
  ]) {
    const { lines, snapshot } = await load(part.repeat(Math.floor(32_768 / part.length)));
    t.ok(lines.length >= 1 && snapshot === undefined, JSON.stringify(part));
  }
});

t.test(
  'a text that is full of aliases, of fields that repeat, or of unknown ones is read soon, and the first are told',
  async (t) => {
    const many = (line: (index: number) => string): string =>
      Array.from({ length: 5000 }, (_, i) => line(i)).join('');
    for (const [text, says] of [
      [`a: &a [1]\n${many((i) => `b${i}: *a\n`)}`, /aliases repeat too much/],
      [many((i) => `b${i}: *none\n`), /it has no anchor before it/],
      [many(() => 'a: 1\n'), /the same section has the field twice/],
      [many((i) => `a${i}: 1\n`), /unknown field/],
      [`a:\n${many((i) => `- !b ${i}\n`)}`, /tags .* are not supported/],
    ] as const) {
      const before = process.cpuUsage();
      const { lines } = await load(text);
      const { user, system } = process.cpuUsage(before);
      t.match(lines[0] ?? '', says);
      t.ok(lines.length <= 120, `${lines.length} lines`);
      // Seconds before, when each was compared with all others.
      t.ok(user + system < 3_000_000, `${says}: ${user + system} µs of CPU`);
    }
  },
);

t.test('what is nested too deeply is told as such, be it in brackets or not', async (t) => {
  for (const part of ['[', '- ', 'a: {'])
    t.match(
      (await load(part.repeat(5000))).lines,
      [/lists, sections or brackets are nested too deeply/],
      part,
    );
});

t.test('aliases that make thousands of lists in lists of a short text take little memory', async (t) => {
  const [many, nested] = [6, 500];
  const aliases = Array.from({ length: many }, (_, index) => {
    const inner = index === 0 ? '1' : `*a${index - 1}`;
    return `a${index}: &a${index} ${'['.repeat(nested)}${inner}${']'.repeat(nested)}\n`;
  });
  const before = process.resourceUsage().maxRSS;
  const { lines } = await load(MINIMAL + aliases.join(''));
  const taken = process.resourceUsage().maxRSS - before;
  t.equal(lines.length, many);
  // Hundreds of MiB before, when what is above was copied at each level.
  t.ok(taken < 64 * 1024, `${taken} KiB`);
});

t.test('thousands of problems in one section are found soon', async (t) => {
  const many = (length: number, line: (index: number) => string): string =>
    Array.from({ length }, (_, i) => line(i)).join('');
  for (const [text, says] of [
    [
      MINIMAL.replace('keys:\n', `keys:\n${many(40_000, (i) => `  k${i}: 5\n`)}`),
      /keys\.k0: must be a section/,
    ],
    [
      MINIMAL.replace(
        'APP_SECRET } }',
        `APP_SECRET }, allow: [${many(20_000, (i) => `{ bucket: b${i} }, `)}] }`,
      ),
      /no rule matches such a bucket/,
    ],
  ] as const) {
    const before = process.cpuUsage();
    const { lines } = await load(text);
    const { user, system } = process.cpuUsage(before);
    t.match(
      lines.find((line) => says.test(line)),
      says,
    );
    // More than that before, when each was looked for among all others.
    t.ok(user + system < 5_000_000, `${says}: ${user + system} µs of CPU`);
  }
});
