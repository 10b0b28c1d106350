import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { jsonLines } from '../../src/verify/json.ts';
import { nothingGathered } from '../../src/verify/result.ts';

t.test('a file that can no longer be written is a failure of the report, and of nothing else', async (t) => {
  const pipe = join(t.testdir({}), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [reader, lines] = await Promise.all([open(pipe, 'r'), jsonLines(pipe, true)]);
  await reader.close();
  const now = new Date(0);
  const result = {
    ...nothingGathered(),
    places: [],
    ssecKeys: [],
    began: now,
    ended: now,
    oneIn: 1,
    trouble: undefined,
  };
  await t.rejects(lines.end(result), { code: 'EPIPE' });
  await setTimeout(20);
  await t.rejects(lines.end(result), { code: 'EPIPE' }, 'nothing has ended the process meanwhile');
});
