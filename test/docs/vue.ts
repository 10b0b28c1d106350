import type { Page } from '../../scripts/docs/pages.ts';

/** What VitePress would take for HTML, for Vue's interpolation or for attributes, and GitHub would not show. */
export function notPlain(page: Page): readonly string[] {
  const html = [...page.blocks, ...page.inlines]
    .filter(({ type, content }) => type.startsWith('html_') && !/^\s*(?:<!--.*?-->\s*)+$/s.test(content))
    .map(({ content }) => `${page.path}: ${content.trim()}: HTML; put it in backticks`);
  const braces = page.inlines
    .filter(({ type, content }) => type === 'text' && /[{}]/.test(content))
    .map(({ content }) => `${page.path}: ${content}: braces outside of code mean something to VitePress`);
  return [...html, ...braces];
}
