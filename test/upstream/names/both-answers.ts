import { ADDRCONFIG, type LookupAddress, promises } from 'node:dns';
import { Names } from '../../../src/upstream/names/names.ts';
import { Resolution } from '../../../src/upstream/names/resolution.ts';

/**
 * Prints what getaddrinfo and what our resolver say of each name of the command line, both by the files of `/etc`. Run by
 * getaddrinfo.test.ts, where `/etc` is made for it.
 */
export interface Both {
  readonly system: string;
  readonly ours: string;
}

const names = new Names(new Resolution());
const both: Record<string, Both> = {};
for (const name of process.argv.slice(2))
  both[name] = {
    system: await textOf(promises.lookup(name, { all: true, hints: ADDRCONFIG })),
    ours: await textOf(names.addresses(name, 0)),
  };
process.stdout.write(JSON.stringify(both));

/** The families in their order, and the addresses of each sorted: getaddrinfo compares their bits with its own. */
async function textOf(asked: Promise<readonly LookupAddress[]>): Promise<string> {
  try {
    const found = await asked;
    const families = [...new Set(found.map(({ family }) => family))];
    return families
      .flatMap((family) =>
        found
          .filter((each) => each.family === family)
          .map(({ address }) => address)
          .toSorted(),
      )
      .join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
