import { createHash } from 'node:crypto';
import t from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { compileRules, type Rule } from '../../src/rules/match.ts';
import { editedKeys, unpinnedKeys } from '../../src/snapshot/edited-keys.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { snapshotOf } from '../support/snapshot.ts';

const keyOf = (id: string, bytes: string): SseKey =>
  new SseKey(id, createHash('sha256').update(bytes).digest());

/** A snapshot with one ring, and keys that no rule uses. */
function ringOf(ring: readonly [SseKey, ...SseKey[]], unused: readonly SseKey[] = []): Snapshot {
  const ssecKeys = [...ring, ...unused].map((ssecKey) => ({ ssecKey, pinned: false }));
  return { ...snapshotOf({ rules: [{ bucket: 'vault', encrypt: ring }] }), ssecKeys };
}

const before = ringOf([keyOf('a', 'one')]);

t.test('names a key that was edited in place, and the fix', async (t) => {
  const [line = '', ...rest] = editedKeys(before, ringOf([keyOf('a', 'two')]));
  t.match(line, /^keys\.a: its bytes changed .*keep the old one in the ring$/);
  t.match(line, keyOf('a', 'one').fingerprint);
  t.same(rest, []);
});

t.test('accepts a key that stays, is added, is removed, or moves to another id', async (t) => {
  const one = keyOf('a', 'one');
  t.same(editedKeys(before, before), []);
  t.same(editedKeys(before, ringOf([keyOf('b', 'two'), one])), []);
  t.same(editedKeys(before, ringOf([keyOf('b', 'two')])), [], 'what is taken out on purpose');
  t.same(editedKeys(before, ringOf([keyOf('a', 'two'), keyOf('old', 'one')])), []);
});

t.test('a key outside of every ring does not count as kept', async (t) => {
  t.equal(editedKeys(before, ringOf([keyOf('a', 'two')], [keyOf('old', 'one')])).length, 1);
  t.equal(
    editedKeys(before, ringOf([keyOf('b', 'three')], [keyOf('a', 'two')])).length,
    1,
    'nor may it be edited',
  );
  t.same(
    editedKeys(
      ringOf([keyOf('a', 'one')], [keyOf('b', 'x')]),
      ringOf([keyOf('a', 'one')], [keyOf('b', 'y')]),
    ),
    [],
  );
});

/** The same while its rule waits for another key. */
function waiting(snapshot: Snapshot): Snapshot {
  const rules = snapshot.rules.rules.map((rule): Rule => {
    if (rule.encryption.kind !== 'ssec') return rule;
    const waitsFor = [{ id: 'other', cause: 'the vault is away' }];
    return { ...rule, encryption: { kind: 'waiting', waitsFor, held: rule.encryption.ring } };
  });
  return { ...snapshot, rules: compileRules(rules, 'deny') };
}

t.test('a key does not go unnoticed because its rule waits for another one', async (t) => {
  const edited = ringOf([keyOf('a', 'two')]);
  t.equal(editedKeys(waiting(before), edited).length, 1, 'the other one comes');
  t.equal(editedKeys(waiting(before), waiting(edited)).length, 1, 'it is still away');
  t.same(editedKeys(waiting(before), before), []);
  const moved = ringOf([keyOf('a', 'two'), keyOf('old', 'one')]);
  t.same(editedKeys(before, waiting(moved)), [], 'what such a rule has still counts as kept');
});

t.test('names the keys that a restart would accept with any content', async (t) => {
  const ssecKey = keyOf('a', 'one');
  const pinned = { ...before, ssecKeys: [{ ssecKey, pinned: true }] };
  t.same(unpinnedKeys(pinned), []);
  t.match(unpinnedKeys(before), [/^keys\.a: .* add fingerprint: [0-9a-f]{32}$/]);
});
