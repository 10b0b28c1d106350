/** The paths of the page; `page.ts` has a file for each. */
export const PAGE = [
  '/',
  '/page.css',
  '/page.js',
  '/chart.js',
  '/uplot.css',
  '/uplot.js',
  '/icon.svg',
] as const;

export type PagePath = (typeof PAGE)[number];
