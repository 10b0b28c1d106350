import t from 'tap';
import { FrontFaults } from '../../src/listener/front-faults.ts';

t.test('ten a minute have a line, and all are counted', (t) => {
  const faults = new FrontFaults();
  const lines: string[] = [];
  faults.tell = ({ reason, remote, untold }) => void lines.push(`${reason} ${remote} ${untold}`);
  faults.add('malformed', undefined, 0);
  for (let at = 1; at <= 20; at += 1) faults.add('untrusted', `192.0.2.${at}`, 59_999);
  t.strictSame(
    [lines.length, lines[0], lines[9]],
    [10, 'malformed undefined undefined', 'untrusted 192.0.2.9 undefined'],
  );
  faults.add('untrusted', '192.0.2.99', 60_000);
  t.equal(lines[10], 'untrusted 192.0.2.99 11');
  t.equal(faults.count('untrusted'), 21);
  t.equal(faults.count('cut'), 0);
  t.end();
});
