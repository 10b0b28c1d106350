/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n');
}

function escapeCell(text: string): string {
  return inDocs(text).replaceAll('|', '\\|');
}

/** A text of the code as Markdown: `<name>` is not HTML, and braces mean nothing to VitePress. */
export function inDocs(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(/\{[^{}]*\}|<[^<>\s]+>/g, '`$&`') : part))
    .join('`');
}
