import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import {
  AHEAD_BYTES,
  FAR_AHEAD_BYTES,
  LARGEST_PIECE_BYTES,
  LEAN_BYTES,
  Pace,
  PIECE_BYTES,
  RECORD_BYTES,
} from '../../../src/upstream/direct/pace.ts';

const MIB = 1024 * 1024;

t.test('a long body begins in records, a short one and one of unknown length in pieces', async (t) => {
  t.equal(new Pace(9 * MIB).most, RECORD_BYTES);
  t.equal(new Pace(8 * MIB).most, PIECE_BYTES);
  t.equal(new Pace().most, PIECE_BYTES);
});

t.test(
  'of a lean connection a long body begins in halves of records, and a short one as all others',
  async (t) => {
    const pace = new Pace(9 * MIB, { least: LEAN_BYTES });
    t.equal(pace.most, RECORD_BYTES / 2);
    t.equal(new Pace(8 * MIB, { least: LEAN_BYTES }).most, PIECE_BYTES);
    pace.moved(8 * MIB);
    t.equal(pace.most, LARGEST_PIECE_BYTES, 'its client is quick');
    pace.end();
  },
);

t.test('pieces are large when 8 MiB have moved, of 64 transfers at once', async (t) => {
  const paces = Array.from({ length: 65 }, () => new Pace(64 * MIB));
  for (const pace of paces) {
    pace.moved(8 * MIB - 1);
    t.equal(pace.most, RECORD_BYTES);
    pace.moved(1);
  }
  t.same(new Set(paces.slice(0, 64).map(({ most }) => most)), new Set([LARGEST_PIECE_BYTES]));
  t.equal(paces[64]?.most, PIECE_BYTES, 'the 65th');
  paces[0]?.end();
  paces[64]?.moved(1);
  t.equal(paces[64]?.most, LARGEST_PIECE_BYTES, 'its place is free');
  for (const pace of paces) pace.end();
});

t.test('who holds a transfer up is not taken for quick', async (t) => {
  const pace = new Pace(64 * MIB);
  const holdUp = async (): Promise<void> => {
    pace.full();
    await pause(150);
    pace.taken();
  };
  pace.moved(7 * MIB);
  await holdUp();
  pace.moved(7 * MIB);
  t.equal(pace.most, RECORD_BYTES);
  pace.moved(MIB);
  t.equal(pace.most, LARGEST_PIECE_BYTES);
  await holdUp();
  t.equal(pace.most, PIECE_BYTES, 'no longer large');
  pace.end();
});

t.test('of 16 large ones more may be on its way, until they are held up or end', async (t) => {
  const paces = Array.from({ length: 17 }, () => new Pace());
  for (const pace of paces) {
    pace.moved(8 * MIB - 1);
    t.equal(pace.ahead, AHEAD_BYTES);
    pace.moved(1);
  }
  t.same(new Set(paces.slice(0, 16).map(({ ahead }) => ahead)), new Set([FAR_AHEAD_BYTES]));
  const [first, last] = [paces[0], paces[16]] as [Pace, Pace];
  t.equal(last.ahead, AHEAD_BYTES, 'the 17th');
  first.full();
  await pause(150);
  first.taken();
  t.equal(first.ahead, AHEAD_BYTES, 'who is held up');
  first.moved(8 * MIB);
  t.equal(first.ahead, AHEAD_BYTES, 'there are 16 others that are large');
  last.end();
  first.end();
  first.moved(8 * MIB);
  t.equal(first.ahead, FAR_AHEAD_BYTES, 'a place is free');
  for (const pace of paces) pace.end();
});

t.test('few long bodies begin in pieces, and keep that place until they end or are quick', async (t) => {
  const paces = Array.from({ length: 17 }, () => new Pace(9 * MIB, { trusting: true }));
  t.same(new Set(paces.slice(0, 16).map(({ most }) => most)), new Set([PIECE_BYTES]));
  t.equal(paces[16]?.most, RECORD_BYTES, 'the 17th');
  paces[0]?.moved(1);
  paces[0]?.full();
  await pause(150);
  paces[0]?.taken();
  t.equal(
    new Pace(9 * MIB, { trusting: true }).most,
    RECORD_BYTES,
    'who was held up keeps its memory, and its place',
  );
  paces[0]?.end();
  paces[0]?.end();
  const next = new Pace(9 * MIB, { trusting: true });
  t.equal(next.most, PIECE_BYTES, 'a place is free');
  t.equal(new Pace(9 * MIB, { trusting: true }).most, RECORD_BYTES, 'and no more than one');
  next.moved(8 * MIB);
  t.equal(next.most, LARGEST_PIECE_BYTES);
  const last = new Pace(9 * MIB, { trusting: true });
  t.equal(last.most, PIECE_BYTES, 'who is quick needs no such place');
  for (const pace of [...paces, next, last]) pace.end();
});
