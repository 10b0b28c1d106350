import { execFileSync } from 'node:child_process';
import t from 'tap';
import { COMMANDS } from '../../src/cli/commands.ts';
import { program } from '../../src/cli/program.ts';

t.test('can be looked at without running anything: every command, argument and option', (t) => {
  const commands = program().commands;
  t.same(
    commands.map((command) => command.name()),
    COMMANDS.map(({ name }) => name),
  );
  for (const [index, command] of commands.entries()) {
    const spec = COMMANDS[index];
    t.equal(command.summary(), spec?.summary);
    t.same(
      command.options.map(({ long }) => long),
      spec?.options.map(({ flag }) => flag),
    );
    t.same(
      command.registeredArguments.map((argument) => argument.name()),
      spec?.arguments.map(({ name }) => name),
    );
  }
  t.end();
});

/** What the program is made of; a command's own code is not. */
const PROGRAM = [
  /\/src\/cli\/(?:program|command|commands|values|s3-url|colour)\.ts$/,
  /\/src\/cli\/commands\/[a-z-]+\.ts$/,
  /\/src\/config\/suggest\.ts$/,
  // The table of operations, with what it is made of.
  /\/src\/s3\/(?:operations|operation-row|obs-operations|obs-headers|answer-roots|success-statuses|request-headers|model-headers)\.ts$/,
  /\/node_modules\/commander\//,
  /^node:/,
];

t.test('to build it loads nothing that does the work', (t) => {
  const url = new URL('../../src/cli/program.ts', import.meta.url).href;
  const code = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const { program } = await import(${JSON.stringify(url)});
    program().createHelp();
    process.stdout.write(JSON.stringify(loaded));`;
  const loaded = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
  ) as string[];
  t.ok(loaded.length > COMMANDS.length);
  t.same(
    loaded.filter((file) => !PROGRAM.some((expected) => expected.test(file))),
    [],
  );
  t.end();
});
