import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const PLACE = join(import.meta.dirname, '../../src/workers/place.ts');

/** A system that takes no more processes, as it says by one whose environment is too long for it. */
const STARVED = `
  import { Place } from ${JSON.stringify(PLACE)};
  const lines = [];
  process.env.TOO_LONG = 'x'.repeat(4 * 1024 * 1024);
  const place = new Place(1, {
    log: { error: (fields, text) => lines.push({ ...fields, text }), info: () => {} },
    calls: () => ({}),
    free: () => {},
    ended: () => {},
  });
  await place.begun;
  const { serving } = place;
  await new Promise(setImmediate);
  await place.stop(1000);
  console.log(JSON.stringify({ serving, lines, ends: place.ends }));
`;

t.test('a worker that cannot be started does not take the master with it', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', STARVED]);
  t.match(JSON.parse(stdout), {
    serving: false,
    ends: 1,
    lines: [{ number: 1, cause: /^it could not be started: .*E2BIG/, waits: 1000 }],
  });
});
