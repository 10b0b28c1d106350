import t from 'tap';
import { load, MINIMAL } from './fixture.ts';

t.test('takes sizes with their unit, within their bounds', async (t) => {
  const bufferOf = async (text: string) => {
    const { snapshot, lines } = await load(`${MINIMAL}log: { buffer: ${text} }\n`);
    return snapshot?.limits.logBuffer ?? lines.join('\n');
  };
  t.equal(await bufferOf('64KiB'), 65_536);
  t.equal(await bufferOf('2MiB'), 2 * 1024 * 1024);
  for (const wrong of ['63KiB', '65MiB', '1MB', '1 MiB', '-1MiB', '0MiB', '"9999999KiB"', '1e3KiB'])
    t.match(await bufferOf(wrong), /log\.buffer: must be a size from 64KiB to 64MiB/, wrong);
  t.match(await bufferOf('1048576'), /log\.buffer: must be a size such as "64KiB"/);
});
