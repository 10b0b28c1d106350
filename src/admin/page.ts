import { readFile } from 'node:fs/promises';
import type { PagePath } from './page-paths.ts';
import type { Reply } from './routes.ts';

/** Beside the built program, and in a checkout. */
const BUILT = new URL('../page/', import.meta.url);
const ROOT = new URL('../../', import.meta.url);

interface PageFile {
  readonly name: string;
  readonly type: string;
  /** Where it is in a checkout, if it is from a package. */
  readonly package?: string;
}

const FILES: Readonly<Record<PagePath, PageFile>> = {
  '/': { name: 'page.html', type: 'text/html' },
  '/page.css': { name: 'page.css', type: 'text/css' },
  '/page.js': { name: 'page.js', type: 'text/javascript' },
  '/chart.js': { name: 'chart.js', type: 'text/javascript' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
  '/uplot.css': { name: 'uplot.css', type: 'text/css', package: 'uplot/dist/uPlot.min.css' },
  '/uplot.js': { name: 'uplot.js', type: 'text/javascript', package: 'uplot/dist/uPlot.esm.js' },
};

/**
 * The page loads nothing from anywhere else, runs no script and takes no style that stands in a document, and nothing frames
 * it. It has no forms that are sent, no cookies, and asks this address alone.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A file of the page, read from the disk each time: few ask, and it holds no memory for them. */
export async function pageFile(path: PagePath): Promise<Reply> {
  const { type, ...file } = FILES[path];
  return {
    status: 200,
    headers: { ...HEADERS, 'content-type': `${type}; charset=utf-8` },
    body: await read(file),
  };
}

async function read({ name, package: from }: Omit<PageFile, 'type'>): Promise<Buffer> {
  const checkedOut = new URL(from === undefined ? `page/${name}` : `node_modules/${from}`, ROOT);
  return await readFile(new URL(name, BUILT)).catch(() => readFile(checkedOut));
}

/** The files, and the packages that some are from, for the build. */
export const PAGE_FILES: readonly Omit<PageFile, 'type'>[] = Object.values(FILES);
