import t from 'tap';
import type { Rule } from '../../src/rules/match.ts';
import { ringOfRule } from '../../src/rules/ring-of.ts';

t.test('tells the client to wait for a key, and the operator which one it is and why', async (t) => {
  const rule: Pick<Rule, 'name' | 'encryption'> = {
    name: 'rules[2]',
    encryption: { kind: 'waiting', waitsFor: [{ id: 'main', cause: 'the command ended with code 3' }] },
  };
  t.throws(() => ringOfRule(rule), {
    code: 'ServiceUnavailable',
    message: 'The proxy waits for a key of rules[2]. Try again later.',
    reason: 'rules[2] waits for keys.main: the command ended with code 3',
  });
});
