import t from 'tap';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { OPERATIONS } from '../../../src/s3/operations.ts';
import { SHELLS } from './shells.ts';

const NAMES = [...COMMANDS.map(({ name }) => name), 'help'];
const FILES = ['config.yaml', 'with space'];
const flagsOf = (name: string): string[] =>
  COMMANDS.filter((spec) => spec.name === name).flatMap(({ options }) => options.map(({ flag }) => flag));

/** A line that is typed so far, and what has to be offered for it, no more and no less. */
const LINES: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['ssec-proxy ', NAMES],
  ['ssec-proxy ver', ['verify']],
  ['ssec-proxy c', ['check', 'cert', 'completion']],
  ['ssec-proxy --v', ['--version']],
  ['ssec-proxy check ', FILES],
  ['ssec-proxy check conf', ['config.yaml']],
  ['ssec-proxy check config.yaml ', []],
  ['ssec-proxy check --o', ['--offline']],
  ['ssec-proxy check --offline ', FILES],
  ['ssec-proxy check -', ['--offline', '--json', '--help']],
  ['ssec-proxy serve -', ['--help']],
  ['ssec-proxy verify ', FILES],
  ['ssec-proxy verify config.yaml ', []],
  ['ssec-proxy verify --json ', FILES],
  ['ssec-proxy verify --json=conf', ['config.yaml']],
  ['ssec-proxy verify --sample ', []],
  ['ssec-proxy verify --sample 2 ', FILES],
  ['ssec-proxy doctor config.yaml --as ', ['cnpg', 'loki', 'obs', 'registry', 'restic', 'velero']],
  ['ssec-proxy doctor --as=re', ['registry', 'restic']],
  ['ssec-proxy doctor --as velero conf', ['config.yaml']],
  ['ssec-proxy explain config.yaml --op ListM', ['ListMultipartUploads']],
  ['ssec-proxy explain config.yaml s3://bucket/key --op HeadO', ['HeadObject']],
  ['ssec-proxy explain config.yaml s3://bucket/key ', []],
  ['ssec-proxy explain --from s3://bucket/key conf', ['config.yaml']],
  ['ssec-proxy explain --op CopyObject --from s3://bi', []],
  ['ssec-proxy sandbox --listen 127.0.0.1:9443 --pro', ['--profile']],
  ['ssec-proxy keygen --escrow ', []],
  ['ssec-proxy cert example.org ', []],
  ['ssec-proxy cert --key ', FILES],
  ['ssec-proxy completion ', ['bash', 'zsh', 'fish']],
  ['ssec-proxy help ch', ['check']],
  ['ssec-proxy demo ', []],
  ['ssec-proxy nonsense ', []],
];

/** As the shells write a name with a space, and an option with its value. */
const plain = (offer: string): string =>
  offer
    .replaceAll('\\', '')
    .replace(/^--\w+=/, '')
    .replace(/=$/, '')
    .trim();

/** What every command's options are, and the operations. */
const FURTHER: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ...COMMANDS.map(({ name }) => [`ssec-proxy ${name} --`, [...flagsOf(name), '--help']] as const),
  [
    'ssec-proxy explain config.yaml --op Get',
    OPERATIONS.flatMap(({ name }) => (name.startsWith('Get') ? [name] : [])),
  ],
];

for (const { name, missing, completer } of SHELLS) {
  t.test(`${name} completes`, { skip: missing ?? false }, async (t) => {
    const complete = await completer(t.testdir());
    const all = [...LINES, ...FURTHER];
    const found = complete(all.map(([line]) => line));
    t.equal(found.length, all.length);
    for (const [index, [line, offers]] of all.entries()) {
      // zsh offers options where there is nothing else.
      const asked = offers.length > 0 || line.endsWith('--');
      const shown = (found[index] ?? []).map(plain).filter((offer) => asked || !offer.startsWith('--'));
      t.same(shown.toSorted(), offers.toSorted(), line);
    }
  });
}
