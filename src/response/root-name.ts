/** What is known of a document by its first characters. */
export type Root =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'blank' | 'more' | 'none' };

const BLANK: Root = { kind: 'blank' };
const MORE: Root = { kind: 'more' };
const NONE: Root = { kind: 'none' };

/** What may stand before the root element. A document type is in no answer of S3's. */
const BEFORE = [
  { opens: '<?', closes: '?>' },
  { opens: '<!--', closes: '-->' },
] as const;

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const SPACES = ' \t\r\n';
const NAME = /[\w.:-]/;

/**
 * The root element of a document of which the beginning is there, in lower case and without its prefix; `{` for JSON.
 * `more`: it may follow. `blank`: likewise, and nothing was said so far. `none`: it is not such a document. Each character is looked at once.
 *
 * @param head one character a byte
 */
export function rootIn(head: string): Root {
  let at = head.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  for (;;) {
    while (at < head.length && SPACES.includes(head.charAt(at))) at += 1;
    if (at === head.length) return BLANK;
    if (head.charAt(at) === '{') return { kind: 'named', name: '{' };
    if (head.charAt(at) !== '<') return NONE;
    const before = BEFORE.find(({ opens }) => head.startsWith(opens, at));
    if (!before) return nameAt(head, at + 1);
    const end = head.indexOf(before.closes, at + before.opens.length);
    if (end < 0) return MORE;
    at = end + before.closes.length;
  }
}

function nameAt(head: string, from: number): Root {
  let to = from;
  while (to < head.length && NAME.test(head.charAt(to))) to += 1;
  // `<!` may become a comment.
  if (to === head.length || (to === from && '<!--'.startsWith(head.slice(from - 1)))) return MORE;
  if (to === from) return NONE;
  const name = head.slice(from, to).toLowerCase();
  return { kind: 'named', name: name.slice(name.lastIndexOf(':') + 1) };
}
