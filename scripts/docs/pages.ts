import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slugify } from '@mdit-vue/shared';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

type Token = ReturnType<InstanceType<typeof MarkdownIt>['parse']>[number];

/** A page of Markdown, read as GitHub and VitePress read it. */
export interface Page {
  /** Relative to the root of the tree. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Token[];
  /** What is in the blocks: texts, code spans, links. */
  readonly inlines: readonly Token[];
  readonly fences: readonly Fence[];
  readonly headings: readonly Heading[];
}

export interface Fence {
  /** What stands behind the three backticks. */
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

interface Heading {
  /** As GitHub makes it. */
  readonly anchor: string;
  /** As VitePress makes it. */
  readonly served: string;
}

export const ROOT = join(import.meta.dirname, '../..');

// VitePress takes HTML too; with it off, tags would pass for texts here.
const markdown = new MarkdownIt({ html: true });

const TOP = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'deploy/chart/README.md',
];

/** Every page of the project. */
export function allPages(): readonly Page[] {
  const paths = [...TOP, ...globSync('docs/**/*.md', { cwd: ROOT }).toSorted()];
  return paths.map((path) => parsePage(path, readFileSync(join(ROOT, path), 'utf8')));
}

export function parsePage(path: string, whole: string): Page {
  const text = withoutFrontMatter(whole);
  const blocks = markdown.parse(text, {});
  const inlines = blocks.flatMap(({ children }) => children ?? []);
  const fences = blocks
    .filter(({ type }) => type === 'fence' || type === 'code_block')
    .map(({ info, content, map }) => ({ info: info.trim(), text: content, line: (map?.[0] ?? 0) + 1 }));
  return { path, text, blocks, inlines, fences, headings: headingsOf(blocks) };
}

/** As many lines remain, so that the numbers of lines are right. */
function withoutFrontMatter(text: string): string {
  const end = text.startsWith('---\n') ? text.indexOf('\n---\n', 4) : -1;
  return end < 0 ? text : text.slice(0, end + 5).replaceAll(/[^\n]/g, '') + text.slice(end + 5);
}

function headingsOf(blocks: readonly Token[]): Heading[] {
  const slugger = new GithubSlugger();
  const seen = new Map<string, number>();
  return blocks.flatMap((block, index) => {
    if (block.type !== 'heading_open') return [];
    const parts = blocks[index + 1]?.children ?? [];
    const text = parts.map(({ content }) => content).join('');
    const slug = slugify(text);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return [{ anchor: slugger.slug(text), served: before === 0 ? slug : `${slug}-${before}` }];
  });
}
