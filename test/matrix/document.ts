import type { Cell } from './cell.ts';
import { CLIENTS } from './clients/clients.ts';
import type { Package } from './install.ts';
import { type Known, knownFor } from './known.ts';
import { columnsOf, markOf } from './table.ts';
import type { Trial } from './trial.ts';

const SOURCES: Readonly<Record<Package['kind'], string>> = {
  debian: 'Debian',
  pypi: 'PyPI',
  go: 'Go module',
  'go-program': 'Go module',
  maven: 'Maven',
  cargo: 'crate',
  npm: 'npm',
  'npm-package': 'npm',
};

const HEAD = `What real clients did through the proxy at real stores, each over HTTPS and over plain HTTP on loopback, with retries
off. Made by \`npm run matrix -- --write\`, not by hand: a cell is what was seen.

- **yes**: over both, or the one that it speaks. What was put was then read from the store itself: refused without the
  SSE-C key, and with it the same bytes. What was got was compared byte by byte. **no**: see the number below the table.
  **–**: the client has no such thing.
- 20 MiB go in parts, where the client knows parts. **sync twice**: a folder of files with unusual names, one of them
  empty, up, up again (when the proxy must see no write) and down. **presigned link**: followed by someone without
  credentials. **put with checksums**: with every algorithm that the client can compute.
- restic has repositories in place of objects: \`init\` and \`key add\` (put), \`backup\`, \`restore\`, \`snapshots\`
  (list), \`forget --prune\` (delete), \`backup\` twice (sync), \`check --read-data\` (check).
- The AWS SDK for Java 2 does what is small by its S3Client, what is large by its transfer manager, and streams of
  unknown length by its S3AsyncClient; both go in parts, and not by its native client. Version 1 sends such a stream whole.
- Thanos' objstore is driven by a small program that imports it; its own acceptance test, whole, is the check.
- Velero's AWS plugin runs as Velero runs it, by Velero's own plugin manager. The check is a backup as Velero stores it:
  nine objects, read back by Velero, each download link followed, deleted. What it heads is whether an object is there.
- A docker registry has images: layers pushed whole, in chunks of 6 MiB and streamed (puts), pulled through it (gets) and
  by its redirect (presigned link), tags and repositories (list), its move of an upload by UploadPartCopy, and a layer
  mounted in another repository (copy), by CopyObject (move), a manifest deleted and \`garbage-collect\` (delete), an
  image pushed twice (sync).
- barman-cloud has a PostgreSQL: a segment of its log archived by the server itself (put), \`barman-cloud-backup\`,
  \`barman-cloud-wal-restore\` (get), \`barman-cloud-restore\` with a server that replays the log up to a row that is
  younger than the backup (get 20 MiB), \`barman-cloud-backup-list\`, \`barman-cloud-backup-delete\`,
  \`barman-cloud-check-wal-archive\`.
- pgBackRest, which speaks HTTPS only, the same: \`stanza-create\` and a segment (put), \`backup\`, \`archive-get\`,
  \`restore\`, \`info\`, \`expire\` and \`stanza-delete\`, an incremental \`backup\` and \`restore --delta\` (sync),
  \`check\` and \`verify\`.
- The SDKs of Huawei OBS have a table of their own, each as it signs by itself (\`obs: true\`, virtual hosts) and as it is
  told to (V2 and V4, path style), over HTTPS. **put a stream**: of unknown length. **unusual object keys**: put, got and
  copied. **parts, one a copy**: listed before the upload is completed. **append**: twice, and once at a wrong position.
  **form**: signed by the SDK, sent without it. **rename, truncate, modify**: refused, and nothing changed. **read by boto3**: the same objects,
  through the proxy. What a store of
  S3 lacks (append, set metadata, ACL, default encryption) is **–** there, and the SDK was told so.
- Clients are told endpoint, credentials, region and certificate authority, no retries where they can be told so (of those
  that can't, what the proxy answers with a status of 500 and more counts as a failure), path addressing where they must
  be told, and parts smaller than 20 MiB. The proxy has \`sigv2: true\`: some clients sign links so.
- The Versity S3 Gateway takes SSE-C headers and encrypts nothing. There no rule encrypts: a cell says that the client
  works through the proxy, with a store that checks and keeps checksums. \`npm run test:sdks\` adds SDKs with their defaults
  there: uploads in parts, retries of requests that were cut off, links, headers that are lists.
- Every body held a marker. At the end the store's disks (of Ceph all that is in its pools) were searched for them.`;

/** `docs/compatibility.md`. */
export function documentOf(trials: readonly Trial[]): string {
  return `${['# Compatibility', HEAD, ...trials.map(storeSection)].join('\n\n')}\n`;
}

/** Clients of S3 and those of OBS have tables of their own: they do different things. */
function storeSection({ title, version, clients, cells, markers }: Trial): string {
  const notes = new Notes();
  const tables = [undefined, 'obs' as const].flatMap((dialect) => {
    const of = CLIENTS.filter((client) => client.dialect === dialect);
    const ordered = of.flatMap(({ id }) => clients.filter((client) => client.id === id));
    return ordered.length > 0 ? [tableFor(ordered, cells, notes)] : [];
  });
  const found = `At the end of the last run, of ${markers.sealed} markers of encrypted bodies ${markers.leaked.length} were on its disks; of ${
    markers.open
  } of plain bodies ${markers.open - markers.missed.length}.`;
  return [`## ${title} ${version}`, ...tables, ...notes.lines(), found].join('\n\n');
}

function tableFor(clients: Trial['clients'], cells: readonly Cell[], notes: Notes): string {
  const columns = columnsOf(
    cells,
    clients.map(({ id }) => id),
  );
  const rows = clients.map(({ id: client, ...tried }) => {
    const marks = columns.map(({ id }) => {
      const failed = cells.filter(
        (cell) => cell.client === client && cell.action === id && cell.verdict.kind === 'failed',
      );
      return `${markOf(cells, client, id)}${notes.referTo(failed)}`;
    });
    const name = `${tried.title} ${tried.version}, ${SOURCES[tried.from]}`;
    return `| ${name} | ${tried.date} | ${marks.join(' | ')} |`;
  });
  const titles = columns.map(({ title }) => title);
  return [
    `| | seen | ${titles.join(' | ')} |`,
    `|---|---|${titles.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}

/** Numbered reasons below a table; cells of one known cause share a number. */
class Notes {
  readonly #notes: { readonly known: Known | undefined; readonly said: string }[] = [];

  /** ` [1]` for cells that failed. */
  referTo(failed: readonly Cell[]): string {
    const numbers = failed.map((cell) => this.#numberOf(cell));
    return [...new Set(numbers)].map((number) => ` [${number}]`).join('');
  }

  lines(): string[] {
    const lines = this.#notes.map(({ known, said }, index) => {
      const cause = known?.cause === undefined ? '' : ` ([cause](${known.cause}))`;
      return `${index + 1}. ${known?.reason ?? 'Not understood yet'}${cause}: \`${said.replaceAll('`', "'")}\``;
    });
    return lines.length > 0 ? [lines.join('\n')] : [];
  }

  #numberOf(cell: Cell): number {
    const known = knownFor(cell);
    const said = cell.verdict.kind === 'failed' ? cell.verdict.said : '';
    const index = this.#notes.findIndex((note) =>
      known === undefined ? note.said === said : note.known === known,
    );
    return index < 0 ? this.#notes.push({ known, said }) : index + 1;
  }
}
