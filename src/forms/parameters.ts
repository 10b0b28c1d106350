/**
 * The parameters of a header field, `; name=token; name="quoted"`: names in lower case. Undefined where they are not
 * well-formed, or one is given twice. Each character is looked at once.
 * https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6
 *
 * @param text what follows the value: empty, or from its semicolon on
 */
export function parametersOf(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    if (text[at] !== ';') return undefined;
    at = skipBlanks(text, at + 1);
    if (at === text.length) break;
    const equals = text.indexOf('=', at);
    if (equals < 0) return undefined;
    const name = text.slice(at, equals).toLowerCase();
    if (!NAME.test(name) || parameters.has(name)) return undefined;
    const value = text[equals + 1] === '"' ? quoted(text, equals + 2) : token(text, equals + 1);
    if (!value) return undefined;
    parameters.set(name, value.text);
    at = skipBlanks(text, value.end);
  }
  return parameters;
}

const NAME = /^[a-z0-9*_-]{1,70}$/;

interface Value {
  readonly text: string;
  readonly end: number;
}

/** Only `\"` and `\\` are escapes: a browser on Windows may send the path of a file as it is. */
function quoted(text: string, from: number): Value | undefined {
  const pieces: string[] = [];
  let start = from;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') return { text: pieces.join('') + text.slice(start, at), end: at + 1 };
    if (text[at] !== '\\') continue;
    if (text[at + 1] === '"' || text[at + 1] === '\\') {
      pieces.push(text.slice(start, at));
      start = at + 1;
    }
    at += 1;
  }
  return undefined;
}

function token(text: string, from: number): Value {
  let end = from;
  while (end < text.length && !isBlank(text[end]) && text[end] !== ';' && text[end] !== '"') end += 1;
  return { text: text.slice(from, end), end };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text[at])) at += 1;
  return at;
}

function isBlank(letter: string | undefined): boolean {
  return letter === ' ' || letter === '\t';
}
