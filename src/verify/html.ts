import { escapeXml } from '../s3/xml.ts';
import { barChart } from './chart.ts';
import { bytes, duration, number, plural } from './figures.ts';
import type { Verdict } from './judge.ts';
import { exitCodeOf, type Result, urlOf } from './result.ts';
import { conclusionOf, type Row, reasonOf, rowsOf, SEEN } from './text.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1c1e; background: #fff; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.outcome { padding: .75rem 1rem; border-left: .4rem solid; }
.fine { border-color: #1f7a5c; background: #eaf5f0; }
.faulty, .unfinished { border-color: #b3261e; background: #fceeed; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #dde1e4; vertical-align: top; overflow-wrap: anywhere; }
.faults { table-layout: fixed; } .faults th:nth-child(2) { width: 22%; } .faults th:nth-child(3) { width: 27%; } .faults th:nth-child(4) { width: 12%; }
.figure { text-align: right; white-space: nowrap; }
.bad { color: #b3261e; }
svg { width: 100%; height: auto; } svg text { font: 14px system-ui, sans-serif; fill: currentColor; }
code { font-size: .9em; }
`;

const OUTCOMES = { 0: 'fine', 1: 'faulty', 3: 'unfinished' } as const;

/** The result as one page without external resources or scripts. Every text in it is escaped. */
export function htmlOf(result: Result): string {
  const rows = rowsOf(result);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>ssec-proxy verify: ${OUTCOMES[exitCodeOf(result)]}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Encryption of the objects at the store</h1>
<p class="outcome ${OUTCOMES[exitCodeOf(result)]}"><strong>${escapeXml(conclusionOf(result))}</strong></p>
${factsTable(result)}
<h2>Versions by key</h2>
${barChart(rows)}
${amountsTable(rows)}
${faultsSection(result)}
<h2>Method</h2>
<p>The store was asked for the first byte of each version, first without a key and then with the keys of the config,
one after the other. A version counts for a key when the store refused it without a key, as it refuses encrypted
objects, and returned it with that key. Nothing was changed. SSE-C protects content: names, sizes and metadata are
unencrypted at the store. Keys are named by their id and a fingerprint, which reveals nothing about the key.</p>
</body>
</html>
`;
}

function factsTable({ places, began, ended, oneIn }: Result): string {
  const facts: (readonly [string, string])[] = [
    ...places.map(({ bucket, prefix, of }) => ['Place', `${urlOf(bucket, prefix)} (${SEEN[of]})`] as const),
    ['Checked', oneIn === 1 ? 'every version' : `one version in ${number(oneIn)}, at random`],
    ['Began', began.toISOString()],
    ['Took', duration(ended.getTime() - began.getTime())],
  ];
  const lines = facts.map(([name, value]) => `<tr><th>${name}</th><td>${escapeXml(value)}</td></tr>`);
  return `<table>${lines.join('\n')}</table>`;
}

function amountsTable(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, amount, fault }) =>
      `<tr${fault ? ' class="bad"' : ''}><td>${escapeXml(what)}</td><td class="figure">${number(amount.versions)}</td><td class="figure">${bytes(amount.bytes)}</td></tr>`,
  );
  const head = '<tr><th>What</th><th class="figure">Versions</th><th class="figure">Bytes</th></tr>';
  return `<table>${head}\n${lines.join('\n')}</table>`;
}

function faultsSection({ faults, tally }: Result): string {
  if (tally.faultCount === 0) return '';
  const more = tally.faultCount - faults.length;
  const rest = more > 0 ? `<p>… and ${plural(more, 'fault')} more.</p>` : '';
  const head = '<tr><th>Object</th><th>Version</th><th>What is wrong</th><th>Rule</th></tr>';
  return `<h2>Faults</h2>\n<table class="faults">${head}\n${faults.map(faultRow).join('\n')}</table>${rest}`;
}

function faultRow(verdict: Verdict): string {
  const { bucket, listed, rule } = verdict;
  const cells = [urlOf(bucket, listed.objectKey), listed.versionId ?? 'current', reasonOf(verdict), rule];
  return `<tr>${cells.map((cell) => `<td>${escapeXml(cell)}</td>`).join('')}</tr>`;
}
