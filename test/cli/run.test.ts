import { readFileSync } from 'node:fs';
import t from 'tap';
import type { CommandSpec } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run.ts';
import { SEQUENCES } from '../../src/doctor/sequences/sequences.ts';
import { ran } from '../support/io.ts';

t.test('says its version, which is the package’s, that of Node and the commit', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  for (const flag of ['--version', '-V']) {
    const { code, stdout, stderr } = await ran(run, [flag]);
    t.strictSame([code, stderr], [0, '']);
    const shown = stdout.replace(/commit [0-9a-f]{12}, /, '');
    t.equal(shown, `ssec-proxy ${version} (Node.js ${process.version})\n`);
  }
});

t.test('lists its commands when it is asked to', async (t) => {
  for (const args of [['--help'], ['-h'], ['help'], ['help', 'help'], ['help', '--help']]) {
    const { code, stdout, stderr } = await ran(run, args);
    t.strictSame([code, stderr], [0, ''], args.join(' '));
    for (const { name } of COMMANDS) t.match(stdout, new RegExp(`^ {2}${name}\\b`, 'm'));
  }
});

t.test('refuses what is no command, and names of every object too', async (t) => {
  for (const args of [[], ['nonsense'], ['constructor'], ['toString'], ['__proto__'], ['--nonsense']]) {
    const { code, stdout, stderr } = await ran(run, args);
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, /serve/);
  }
});

t.test('names an unknown command, and one that is near, whatever follows it', async (t) => {
  for (const args of [['chekc'], ['chekc', '--help'], ['chekc', '-h'], ['chekc', '--x'], ['help', 'chekc']]) {
    const { code, stdout, stderr } = await ran(run, args);
    t.strictSame([code, stdout], [2, ''], args.join(' '));
    t.match(stderr, /^error: unknown command 'chekc'\n\(Did you mean check\?\)\n/);
  }
  t.match((await ran(run, ['--versio'])).stderr, /unknown option '--versio'\n\(Did you mean --version\?\)/);
});

/** A spec whose action only keeps what it is asked. */
function listening(spec: CommandSpec): { readonly spec: CommandSpec; readonly asked: () => unknown } {
  let kept: unknown;
  const action = async (asked: unknown): Promise<number> => {
    kept = asked;
    return 0;
  };
  return { spec: { ...spec, action: async () => action }, asked: () => kept };
}

const needed = ({ arguments: given }: CommandSpec) =>
  given.filter(({ amount }) => amount === undefined || amount === 'one or more');

for (const command of COMMANDS) {
  const { name, summary, options } = command;

  t.test(`${name}: help is on stdout, the same however it is asked for, and does nothing`, async (t) => {
    const { spec, asked } = listening(command);
    const texts = new Set<string>();
    for (const args of [
      [name, '--help'],
      [name, '-h'],
      ['help', name],
      [name, 'x', '--help'],
      [name, '-h', '--what'],
    ]) {
      const { code, stdout, stderr } = await ran((given, io) => run(given, io, [spec]), args);
      t.strictSame([code, stderr], [0, ''], args.join(' '));
      texts.add(stdout);
    }
    t.equal(texts.size, 1);
    t.equal(asked(), undefined);
    const [text = ''] = texts;
    t.match(text, `Usage: ssec-proxy ${name}`);
    for (const { flag } of options) t.match(text, new RegExp(`^ {2}${flag}\\b`, 'm'));
    t.match(text, /^Examples:$/m);
    t.match(text, /^Exit codes:$/m);
    t.match(text, /^ {2}2 {2}wrong command line$/m);
    for (const line of text.split('\n')) t.ok(line.length <= 120, line);
    t.match(summary, /^[a-z].*[^.]$/);
  });

  t.test(`${name}: an unknown option is named, with one that is near`, async (t) => {
    for (const { flag } of [...options, { flag: '--help' }]) {
      const wrong = `${flag}x`;
      const { code, stdout, stderr } = await ran(run, [name, wrong]);
      t.strictSame([code, stdout], [2, ''], wrong);
      t.match(stderr, new RegExp(`^error: unknown option '${wrong}'\\n\\(Did you mean .*${flag}`));
      t.match(stderr, `Usage: ssec-proxy ${name}`);
    }
    for (const wrong of ['--nonsense', '-x', '--version']) {
      const { code, stderr } = await ran(run, [name, wrong]);
      t.equal(code, 2);
      t.match(stderr, `error: unknown option '${wrong}'`);
    }
  });

  t.test(`${name}: arguments that are missing are named, and too many are refused`, async (t) => {
    const [first] = needed(command);
    if (first) {
      const { code, stdout, stderr } = await ran(run, [name]);
      t.strictSame([code, stdout], [2, '']);
      t.match(stderr, `error: missing required argument '${first.name}'`);
    }
    if (command.arguments.some(({ amount }) => amount === 'any' || amount === 'one or more')) return;
    const many = [...command.arguments, 'more'].map(() => 's3://bucket/key');
    const { code, stderr } = await ran(run, [name, ...many]);
    t.equal(code, 2);
    t.match(stderr, /^error: (?:too many arguments|command-argument value)/);
  });

  t.test(`${name}: an option that takes a value is refused without one`, async (t) => {
    for (const { flag, value } of options) {
      if (!value) continue;
      const { code, stderr } = await ran(run, [name, flag]);
      t.equal(code, 2);
      t.match(stderr, `error: option '${flag} <${value.name}>' argument missing`);
      const empty = await ran(run, [name, `${flag}=`]);
      t.match(empty, {
        code: 2,
        stderr: new RegExp(`^error: option '${flag} <${value.name}>' argument '' is invalid`),
      });
    }
  });

  t.test(`${name}: its examples are command lines that it takes`, async (t) => {
    t.ok(command.examples.length > 0);
    for (const { line } of command.examples) {
      const { spec, asked } = listening(command);
      const calls = line.split(/&&|\|/).filter((part) => part.includes(`ssec-proxy ${name}`));
      for (const call of calls) {
        const words = call
          .replace(/^.*ssec-proxy |[<>)].*$/g, '')
          .trim()
          .split(' ');
        const { code, stderr } = await ran((given, io) => run(given, io, [spec]), words);
        t.equal(code, 0, `${line}: ${stderr}`);
        t.ok(asked(), line);
      }
    }
  });
}

t.test('hands on arguments and options by name, and what was not given too', async (t) => {
  const verify = COMMANDS.find(({ name }) => name === 'verify');
  if (!verify) throw new Error('there is no verify');
  const { spec, asked } = listening(verify);
  const line = ['verify', 'c', 's3://one', 's3://two/a b', '--sample', '5', '--json=x'];
  t.equal(await run(line, { stdout: { write: () => {} }, stderr: { write: () => {} } }, [spec]), 0);
  t.strictSame(asked(), {
    config: 'c',
    urls: [
      { bucket: 'one', objectKey: '' },
      { bucket: 'two', objectKey: 'a b' },
    ],
    concurrency: 16,
    sample: 5,
    json: 'x',
    all: false,
    html: undefined,
  });
});

t.test('options that contradict each other, or need another, are refused by name', async (t) => {
  const wrong: [args: string[], message: RegExp][] = [
    [
      ['doctor', 'c', '--as', 'velero', '--read-only'],
      /option '--as <client>' cannot be used with option '--read-only'/,
    ],
    [
      ['doctor', 'c', '--as', 'valero'],
      /argument 'valero' is invalid\. It is one of .*\(did you mean "velero"\?\)/,
    ],
    [['verify', 'c', 's3://bkt', '--all'], /option '--all' needs option '--json'/],
    [['verify', 'c', 'b'], /value 'b' is invalid for argument 'urls'\. It is s3:\/\/bucket/],
    [
      ['verify', 'c', 's3://bkt', '--sample', '0'],
      /argument '0' is invalid\. It is a whole number from 1 to 1000000/,
    ],
    [
      ['recover', 'c', 's3://bkt/k', '--write-key', 'f'],
      /option '--write-key <file>' needs option '--reveal'/,
    ],
    [['recover', 'c', 's3://bkt'], /value 's3:\/\/bkt' is invalid for argument 'object'/],
    [['explain', 'c', 's3://bkt/k'], /required option '--op <operation>' not specified/],
    [
      ['explain', 'c', 's3://bkt/k', '--op', 'GetObjct'],
      /argument 'GetObjct' is invalid.*did you mean "GetObject"\?/,
    ],
    [['explain', 'c', 's3://bkt', '--op', 'getobject'], /GetObject takes s3:\/\/bucket\/key, not s3:\/\/bkt/],
    [['explain', 'c', 's3://bkt/k', '--op', 'GetObject', '--from', 's3://bkt/k'], /GetObject has no source/],
    [
      ['explain', 'c', 's3://bkt/k', '--op', 'toString'],
      /is invalid\. It is not a known S3 operation; there are \d+/,
    ],
    [['explain', 'c', 's3://bkt/k', '--op='], /argument '' is invalid\. It is empty/],
    [
      ['explain', 'c', 's3://bkt/k', '--op', 'GetObject', '--op', 'PutObject'],
      /option '--op <operation>' is given more than once/,
    ],
    [
      ['verify', 'c', 's3://bkt', '--sample', '1', '--sample=1'],
      /option '--sample <n>' is given more than once/,
    ],
    [['check', 'c', '--offline=yes'], /^error: option '--offline' takes no value$/m],
    [['check', 'c', '--help=yes'], /^error: option '--help' takes no value$/m],
    [['sandbox', '--cert', 'c'], /option '--cert <file>' needs option '--key'/],
    [['completion', 'tcsh'], /value 'tcsh' is invalid for argument 'shell'\. It is one of bash, zsh, fish/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await ran(run, args);
    t.strictSame([code, stdout], [2, ''], args.join(' '));
    t.match(stderr, message);
    t.match(stderr, /^Try "ssec-proxy \w+ --help"\.$/m);
  }
});

t.test('what follows help for a command, or --version, is refused by name', async (t) => {
  const wrong: [args: string[], names: string][] = [
    [['help', 'serve', 'check'], 'check'],
    [['help', 'serve', '--bogus'], '--bogus'],
    [['help', '--help', 'check'], 'check'],
    [['--version', 'nonsense'], 'nonsense'],
    [['-V', '--bogus'], '--bogus'],
    [['--version', 'check'], 'check'],
  ];
  for (const [args, name] of wrong) {
    const { code, stdout, stderr } = await ran(run, args);
    t.strictSame([code, stdout], [2, ''], args.join(' '));
    t.match(stderr, new RegExp(`^error: .* without '${name}'$`, 'm'));
  }
});

t.test('no value is refused without a reason', async (t) => {
  for (const { name, arguments: given, options } of COMMANDS)
    for (const { value } of [...given, ...options])
      for (const text of value ? ['', 'toString', '\u0000'] : []) {
        try {
          value?.read(text);
        } catch (error) {
          t.match((error as Error).message, /^It is [^ ].*[.)]$/, `${name}: ${JSON.stringify(text)}`);
        }
      }
});

t.test('doctor’s --as offers the clients that there are', (t) => {
  const as = COMMANDS.find(({ name }) => name === 'doctor')?.options.find(({ flag }) => flag === '--as');
  t.same(as?.value?.completes, Object.keys(SEQUENCES));
  t.end();
});

t.test('a fault of a command is not a wrong command line', async (t) => {
  const failing = COMMANDS.map((spec) => ({
    ...spec,
    action: async () => async () => {
      throw new Error('broken');
    },
  }));
  await t.rejects(
    ran((args, io) => run(args, io, failing), ['demo']),
    /broken/,
  );
});
