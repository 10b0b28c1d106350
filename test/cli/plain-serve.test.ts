import t from 'tap';
import { COMMANDS } from '../../src/cli/commands.ts';
import { plainServe } from '../../src/cli/plain-serve.ts';
import { run } from '../../src/cli/run.ts';
import { ran } from '../support/io.ts';

const LINES: readonly (readonly string[])[] = [
  [],
  [''],
  ['serve'],
  ['serve', ''],
  ['serve', '-'],
  ['serve', '--'],
  ['serve', '-x'],
  ['serve', '-h'],
  ['serve', '--help'],
  ['serve', '--version'],
  ['serve', 'config.yaml'],
  ['serve', './-h'],
  ['serve', 'help'],
  ['serve', 'a b'],
  ['serve', 'config.yaml', 'more'],
  ['serve', 'config.yaml', '--help'],
  ['serve', '--', 'config.yaml'],
  ['Serve', 'config.yaml'],
  ['server', 'config.yaml'],
  ['check', 'config.yaml'],
  ['--', 'serve', 'config.yaml'],
  ['help', 'serve'],
  ['--version'],
];

/** What the reader of command lines makes of it; undefined when it is not a serve that begins. */
async function asRead(args: readonly string[]): Promise<unknown> {
  let served: unknown;
  const specs = COMMANDS.map((spec) => ({
    ...spec,
    action: async () => async (asked: unknown) => {
      if (spec.name === 'serve') served = asked;
      return 0;
    },
  }));
  await ran((read, io) => run(read, io, specs), args);
  return served;
}

t.test('what is started without the reader of command lines is what the reader would start', async (t) => {
  let plain = 0;
  for (const args of LINES) {
    const asked = plainServe(args, {});
    if (!asked) continue;
    plain++;
    t.strictSame(asked, await asRead(args), args.join(' '));
  }
  t.equal(plain, 5);
});

t.test('help, options and mistakes are left to the reader', (t) => {
  for (const args of [['serve'], ['serve', '-h'], ['serve', '--', 'a'], ['serve', 'a', 'b'], ['check', 'a']])
    t.equal(plainServe(args, {}), undefined, args.join(' '));
  t.end();
});

t.test(
  'an environment that turns the checks of certificates off is left to the reader, which refuses it',
  (t) => {
    t.equal(plainServe(['serve', 'a'], { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), undefined);
    t.strictSame(plainServe(['serve', 'a'], { NODE_TLS_REJECT_UNAUTHORIZED: '1' }), { config: 'a' });
    t.end();
  },
);
