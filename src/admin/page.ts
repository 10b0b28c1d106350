import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Reply } from './routes.ts';
import type { PagePath } from './status-routes.ts';

/** `src/page/`, and beside the built program `dist/page/`. */
const FOLDER = new URL('../page/', import.meta.url);

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
  const built = fileURLToPath(new URL(name, FOLDER));
  if (from === undefined) return await readFile(built);
  return await readFile(built).catch(() => readFile(createRequire(import.meta.url).resolve(from)));
}

/** The files, and the packages that some are from, for the build. */
export const PAGE_FILES: readonly Omit<PageFile, 'type'>[] = Object.values(FILES);
