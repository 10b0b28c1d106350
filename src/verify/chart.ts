import { escapeXml } from '../s3/xml.ts';
import { bytes, plural } from './figures.ts';
import type { Row } from './text.ts';

const WIDTH = 720;
const ROW_HEIGHT = 44;
const COLOURS = { good: '#1f7a5c', bad: '#b3261e' } as const;

/** One bar per row, as long as its share of the versions: an SVG for a page, without external resources. */
export function barChart(rows: readonly Row[]): string {
  const most = Math.max(1, ...rows.map(({ amount }) => amount.versions));
  const height = Math.max(rows.length, 1) * ROW_HEIGHT;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Versions by the key that opens them">`,
    ...rows.map((row, index) => bar(row, index * ROW_HEIGHT, most)),
    '</svg>',
  ].join('\n');
}

function bar({ what, amount, fault }: Row, top: number, most: number): string {
  // Everything that exists must be visible, however small its share.
  const length = Math.max(3, Math.round((amount.versions / most) * WIDTH));
  const figures = `${plural(amount.versions, 'version')}, ${bytes(amount.bytes)}`;
  return [
    `<text x="0" y="${top + 15}">${escapeXml(what)}</text>`,
    `<text x="${WIDTH}" y="${top + 15}" text-anchor="end">${escapeXml(figures)}</text>`,
    `<rect x="0" y="${top + 21}" width="${length}" height="14" rx="2" fill="${COLOURS[fault ? 'bad' : 'good']}"/>`,
  ].join('');
}
