import type { Test } from 'tap';
import { growthOf, LARGE, TIMES_THE_CPU } from './growth.ts';
import type { Reader } from './table.ts';

/** A test a reader: none of its worst inputs takes more than linear time. `npm run bench:readers` tries larger ones. */
export function testGrowth(t: Test, readers: Readonly<Record<string, Reader>>): void {
  for (const [name, reader] of Object.entries(readers)) {
    void t.test(`the reader of the ${name} is linear`, { timeout: 240_000 }, async (t) => {
      for (const [what, worst] of Object.entries(reader.worst)) {
        const { size, base, larger } = await growthOf(reader, worst, LARGE);
        const told = `${what}: ${base.toFixed(0)} ms for ${size ?? 'the largest'}, then ${larger.toFixed(0)} ms`;
        t.ok(larger <= base * TIMES_THE_CPU, told);
      }
    });
  }
}
