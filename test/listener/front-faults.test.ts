import t from 'tap';
import { FrontFaults } from '../../src/listener/front-faults.ts';

t.test('each kind has one line per minute, and all are counted', (t) => {
  const faults = new FrontFaults();
  const lines: string[] = [];
  faults.tell = ({ reason, remote }) => void lines.push(`${reason} ${remote}`);
  faults.add('untrusted', '192.0.2.1', 0);
  faults.add('untrusted', '192.0.2.2', 59_999);
  faults.add('malformed', undefined, 59_999);
  faults.add('untrusted', '192.0.2.3', 60_000);
  t.strictSame(lines, ['untrusted 192.0.2.1', 'malformed undefined', 'untrusted 192.0.2.3']);
  t.equal(faults.count('untrusted'), 3);
  t.equal(faults.count('cut'), 0);
  t.end();
});
