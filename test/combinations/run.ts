import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `npm run test:all -- [OPTIONS] [-- FILES]
  --transport NAME   only with this one: direct, http-proxy
  --signer NAME      only with this one: own, aws4
  --suite NAME       only this one: test, adversary, faults; or FILES, test files to run instead
`;

/** Runs each suite with each transport and signer as the default of every upstream. Ends at the first that fails. */
const { values, positionals } = parseArgs({
  options: {
    transport: { type: 'string' },
    signer: { type: 'string' },
    suite: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const SUITES: Readonly<Record<string, (defaults: string) => readonly string[]>> = {
  test: () => ['tap'],
  adversary: () => ['tap', 'test/adversary/**/*.test.ts'],
  faults: (defaults) => ['node', 'test/faults/run.ts', '--upstream', defaults],
};
const BIN = join(import.meta.dirname, '../../node_modules/.bin');

if (values.help) process.stdout.write(HELP);
else process.exitCode = runAll();

function runAll(): number {
  for (const transport of oneOf(['direct', 'http-proxy'], values.transport))
    for (const signer of oneOf(['own', 'aws4'], values.signer))
      for (const command of commands(JSON.stringify({ transport, signer }))) {
        const begin = performance.now();
        const status = run(command, { transport, signer });
        const seconds = Math.round((performance.now() - begin) / 1000);
        const end = status === 0 ? 'passed' : 'FAILED';
        process.stdout.write(
          `${end} in ${seconds} s with ${transport} and ${signer}: ${command.join(' ')}\n`,
        );
        if (status !== 0) return 1;
      }
  return 0;
}

function commands(defaults: string): readonly (readonly string[])[] {
  if (positionals.length > 0) return [['tap', ...positionals]];
  return oneOf(Object.keys(SUITES), values.suite).map((name) => SUITES[name]?.(defaults) ?? []);
}

function run([command = '', ...args]: readonly string[], defaults: Readonly<Record<string, string>>): number {
  const { status } = spawnSync(join(BIN, command), args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      UPSTREAM_DEFAULTS: JSON.stringify(defaults),
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'defaults.ts')}`,
    },
  });
  return status ?? 1;
}

function oneOf(names: readonly string[], name: string | undefined): readonly string[] {
  if (name === undefined) return names;
  if (!names.includes(name)) throw new Error(`${name} is none of ${names.join(', ')}`);
  return [name];
}
