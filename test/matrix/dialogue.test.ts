import t from 'tap';
import { openDialogue } from './dialogue.ts';

/** Echoes what it was asked; a few words have it fail in their own way. */
const PROGRAM = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [verb, ...args] = line.split('\\t');
  if (verb === 'fail') console.log('failed\\tfor ' + args[0]);
  else if (verb === 'die') { console.error('out of memory'); process.exit(1); }
  else if (verb !== 'hang') console.log(['ok', process.pid, ...args].join('\\t'));
});
process.stdin.on('end', () => process.env.STUBBORN ? setInterval(() => 0, 1e6) : process.exit());
`;

t.test('a dialogue asks one program again and again, in fields of any text but tabs', async (t) => {
  const { ask, end } = openDialogue(process.execPath, ['-e', PROGRAM], {});
  const [pid, ...said] = await ask('say', 'two words', 'ümläut & 100%', '');
  t.strictSame(said, ['two words', 'ümläut & 100%', '']);
  t.strictSame(await ask('say'), [pid]);
  await end();
  t.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
});

t.test('a deed that fails is not an end of the dialogue', async (t) => {
  const { ask, end } = openDialogue(process.execPath, ['-e', PROGRAM], {});
  await t.rejects(ask('fail', 'a reason'), { message: 'for a reason' });
  t.equal((await ask('say', 'on')).at(-1), 'on');
  await end();
});

t.test('of a program that dies its last words are told, to a later caller too', async (t) => {
  const { ask, end } = openDialogue(process.execPath, ['-e', PROGRAM], {});
  await t.rejects(ask('die'), { message: 'out of memory' });
  await t.rejects(ask('say'), { message: 'out of memory' });
  await end();
});

t.test('a program that is not there is a failure of what is asked', async (t) => {
  const { ask, end } = openDialogue('/nowhere/java', [], {});
  await t.rejects(ask('say'), { message: /ENOENT/ });
  await end();
});

t.test('a program that does not answer is killed, and so is one that does not end', async (t) => {
  const silent = openDialogue(process.execPath, ['-e', PROGRAM], {}, 300);
  await t.rejects(silent.ask('hang'), { message: 'it has ended' });
  await silent.end();
  const stubborn = openDialogue(process.execPath, ['-e', PROGRAM], { STUBBORN: '1' }, 300);
  await stubborn.end();
});
