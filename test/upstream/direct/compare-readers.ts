import { split } from '../../support/decoding.ts';
import { type Read, readByNode } from './by-node.ts';
import { type OurRead, readByUs } from './by-us.ts';

/** Where this reader refuses what Node takes, and why. */
const STRICTER: Readonly<Record<string, string>> = {
  'it begins with something else': 'Node skips line ends in front, and takes other versions of HTTP',
  'its status line is wrong': 'HTTP/1.0 and HTTP/1.1 alone, and no control characters in the reason',
  'a header has no valid name': 'Node takes folded lines, which readers join in different ways',
  'the value of a header has a control character': 'readers differ in where it ends',
  'a line does not end with CR and LF': 'Node ends some lines at a lone LF or CR',
  'its length is not a number': 'Node takes white space behind the digits, and more digits than are exact',
  'it has two transfer codings': 'Node joins them',
  'it has two lengths': 'Node forgets those of an informational answer',
  'it has a length and a transfer coding': 'in answers that have no body, Node takes both',
  'it has a transfer coding that nobody asked for': 'Node takes others, and what it makes of them is no body',
  'it is of HTTP/1.0 and has a transfer coding': '"its framing is faulty" (RFC 9112, section 6.1)',
  'it is a': '"a server MUST NOT" give such an answer a body (RFC 9112, section 6.1 and 6.3)',
  'nobody asked for another protocol': 'Node hands over the connection',
  'a chunk has no valid size': 'longer than any object, or with white space',
  'its trailers say where it ends': 'the end has been',
};

/** Reads an answer whole, cut and by Node. @returns what is wrong */
export async function compareReaders(
  method: string,
  bytes: Buffer,
  sizes: readonly number[],
): Promise<string | undefined> {
  const ours = await readByUs(method, [bytes]);
  const cut = await readByUs(method, [...split(bytes.toString('latin1'), sizes)]);
  if (gist(ours) !== gist(cut)) return `cut, it is ${gist(cut)} and not ${gist(ours)}`;
  const plain = await readByNode(method, [bytes]);
  const theirs = gist(ours) === gist(plain) ? plain : await readByNode(method, [asNodeReads(bytes)]);
  if (ours.kind === 'answer' && ours.complete) {
    // What is behind the answer costs the connection. Node loses the answer with it, now and then.
    if (gist(ours) === gist(theirs) || (ours.surplus > 0 && !isComplete(theirs))) return undefined;
    return `ours is ${gist(ours)}, Node's ${gist(theirs)}`;
  }
  if (!isComplete(theirs)) return undefined;
  const why = ours.kind === 'refused' ? ours.why : ours.fault;
  const known = Object.keys(STRICTER).some((reason) => why.includes(reason));
  return known ? undefined : `Node takes what is refused here: ${gist(theirs)}, ${why || 'it is not whole'}`;
}

/**
 * Node takes a tab behind a coding for a part of it, and what follows for a body that ends with the connection. White
 * space around a value is no part of it. https://www.rfc-editor.org/rfc/rfc9110#section-5.5
 */
function asNodeReads(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/^(transfer-encoding:[\t ]*chunked)[\t ]+\r$/im, '$1\r');
  return Buffer.from(text, 'latin1');
}

function isComplete(read: Read): boolean {
  return read.kind === 'answer' && read.complete;
}

/** What readers have to agree on. */
function gist(read: Read | OurRead): string {
  if (read.kind === 'refused') return 'refused';
  const { status, rawHeaders, body, rawTrailers, complete } = read;
  return complete ? JSON.stringify({ status, rawHeaders, body, rawTrailers }) : `${status}, not whole`;
}
