/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n');
}

/** Braces outside of code mean something to VitePress. */
function escapeCell(text: string): string {
  const coded = text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(/\{[^{}]*\}/g, '`$&`') : part))
    .join('`');
  return coded.replaceAll('|', '\\|');
}
