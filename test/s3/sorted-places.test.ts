import fc from 'fast-check';
import t from 'tap';
import { sortedPlaces } from '../../src/s3/sorted-places.ts';

t.test('sorts a few texts and many, and says so of those that are sorted', async () => {
  const texts = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 40 });
  fc.assert(
    fc.property(texts, (texts) => {
      const sorted = texts.toSorted((one, other) => (one < other ? -1 : 1));
      const places = sortedPlaces(texts);
      const isSorted = sorted.every((text, at) => text === texts[at]);
      return (
        isSorted === (places === undefined) &&
        (isSorted || places?.map((at) => texts[at]).join() === sorted.join())
      );
    }),
    { numRuns: 1000 },
  );
});

t.test('needs no places for nothing', async (t) => {
  t.equal(sortedPlaces([]), undefined);
  t.equal(sortedPlaces(['']), undefined);
});
