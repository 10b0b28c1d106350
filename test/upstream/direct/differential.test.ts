import t from 'tap';
import { ANSWERS } from './answers.ts';
import { compareReaders } from './compare-readers.ts';

for (const method of ['GET', 'PUT', 'HEAD'])
  for (const [name, text] of ANSWERS)
    t.test(`an answer to ${method} is read as Node reads it, or refused: ${name}`, async (t) => {
      t.equal(await compareReaders(method, Buffer.from(text, 'latin1'), []), undefined);
    });
