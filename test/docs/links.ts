import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Page, parsePage, ROOT } from '../../scripts/docs/pages.ts';

/** Relative links of a page that lead nowhere, or not everywhere that the page is read. */
export function brokenLinks(page: Page, root = ROOT): readonly string[] {
  const links = page.inlines.map((token) => String(token.attrGet('href') ?? token.attrGet('src') ?? ''));
  return links
    .filter((link) => link !== '' && !/^(?:https?|mailto):/.test(link))
    .flatMap((link) => {
      const fault = faultOf(page, decodeURI(link), root);
      return fault === undefined ? [] : [`${page.path}: ${link}: ${fault}`];
    });
}

function faultOf(page: Page, link: string, root: string): string | undefined {
  const [target = '', anchor] = link.split('#', 2);
  if (target.startsWith('/')) return 'is no relative link';
  const path = target === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), target));
  if (path.startsWith('..')) return 'leads out of the project';
  if (page.path.startsWith('docs/') && !path.startsWith('docs/'))
    return 'leads out of docs/, which is all that VitePress serves; name the file in backticks';
  if (target !== '' && !existsSync(join(root, path))) return 'there is no such file';
  if (target !== '' && page.path.startsWith('docs/') && statSync(join(root, path)).isDirectory())
    return 'is a folder, of which GitHub shows no index.md';
  if (anchor === undefined) return undefined;
  if (!path.endsWith('.md')) return 'anchors are known in pages only';
  const there = target === '' ? page : parsePage(path, readFileSync(join(root, path), 'utf8'));
  const heading = there.headings.find((one) => one.anchor === anchor);
  if (heading === undefined) return 'the page has no such heading';
  const { served } = heading;
  return served === anchor ? undefined : `VitePress makes #${served} of this heading; say it in plain words`;
}

/** A code span that looks like a path of this repository. */
const PATH = /^(?:src|test|config|deploy|docs|scripts|\.ci)\/[\w./*{},-]*$/;

/** Paths in code spans that are not there. Globs, `{a,b}` and NAME, which stands for any name, have to match something. */
export function missingPaths(page: Page, root = ROOT): readonly string[] {
  return page.inlines
    .filter(({ type, content }) => type === 'code_inline' && PATH.test(content))
    .filter(({ content }) => globSync(content.replace('NAME', '*'), { cwd: root }).length === 0)
    .map(({ content }) => `${page.path}: \`${content}\`: there is no such path`);
}
