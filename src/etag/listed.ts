import { decodeEntities, readDocument } from '../s3/document.ts';
import { LONGEST_ELEMENT } from '../s3/element-text.ts';
import { malformed, Tags } from '../s3/tags.ts';
import { SLICE } from '../turns.ts';
import { markPlaceIn } from './written.ts';

/** The ETags of a list that may get a mark, found in one pass through its document. */
export class ListedEtags {
  /** Where a mark would go, in their order … */
  readonly places: number[] = [];
  /** … and the object key of each as the list has it, without its entities; empty where there is none to be read. */
  readonly objectKeys: string[] = [];
  /** Are object keys encoded? Some stores say it before the objects, some after them. */
  encoded = false;
  readonly #list: string;
  readonly #tags: Tags;
  #depth = 0;
  #encoding: 'none' | 'begun' | 'known' = 'none';
  /** Where the open object begins, where its inside does, and the depth at which it ends. */
  #start = 0;
  #inside = 0;
  #ends: number | undefined;
  /** The first object key in it. `odd`: more than a text. */
  #key: 'none' | 'begun' | 'plain' | 'odd' = 'none';
  #keyStart = 0;
  #keyEnd = 0;
  /** Where the text of the open ETag begins, and the depth at which it ends. */
  #etag = 0;
  #etagEnds: number | undefined;

  constructor(list: string) {
    this.#list = list;
    this.#tags = new Tags(list);
  }

  /** Reads a slice of the list. @returns whether there is more @throws S3Error MalformedXML */
  readOn(): boolean {
    const tags = this.#tags;
    const due = tags.end + SLICE;
    while (tags.end < due) {
      const kind = tags.next();
      if (this.#encoding === 'begun') this.#endEncoding();
      if (this.#key === 'begun') this.#endKey(kind === 'close');
      if (kind === 'open') this.#open();
      else if (kind === 'close') this.#close();
      else if (kind === 'end') {
        if (this.#depth !== 0) throw malformed();
        return false;
      }
    }
    return true;
  }

  #open(): void {
    const tags = this.#tags;
    if (this.#ends === undefined) {
      if (tags.isNamed('Contents') || tags.isNamed('Version')) this.#begin();
    } else if (tags.isNamed('ETag')) {
      if (this.#etagEnds === undefined) {
        this.#etag = tags.end;
        this.#etagEnds = this.#depth;
      }
    } else if (this.#key === 'none' && tags.isNamed('Key')) {
      this.#key = 'begun';
      this.#keyStart = tags.end;
    }
    if (this.#encoding === 'none' && tags.isNamed('EncodingType')) this.#encoding = 'begun';
    this.#depth += 1;
  }

  #close(): void {
    this.#depth -= 1;
    if (this.#depth === this.#etagEnds) {
      this.#etagEnds = undefined;
      const place = markPlaceIn(this.#list.slice(this.#etag, this.#tags.start));
      if (place >= 0) this.places.push(this.#etag + place);
    } else if (this.#depth === this.#ends) this.#end();
  }

  #begin(): void {
    this.#start = this.#tags.start;
    this.#inside = this.#tags.end;
    this.#ends = this.#depth;
    this.#key = 'none';
  }

  #end(): void {
    this.#ends = undefined;
    if (this.#tags.end - this.#start > LONGEST_ELEMENT) throw malformed();
    const { places, objectKeys } = this;
    if (objectKeys.length === places.length) return;
    const objectKey = this.#objectKey();
    while (objectKeys.length < places.length) objectKeys.push(objectKey);
  }

  #endEncoding(): void {
    this.#encoding = 'known';
    this.encoded = this.#list.slice(this.#tags.textStart, this.#tags.start).trim() === 'url';
  }

  #endKey(closes: boolean): void {
    this.#key = closes ? 'plain' : 'odd';
    this.#keyEnd = this.#tags.start;
  }

  #objectKey(): string {
    if (this.#key === 'none') return '';
    try {
      return this.#key === 'plain'
        ? decodeEntities(this.#list.slice(this.#keyStart, this.#keyEnd))
        : keyIn(this.#list.slice(this.#inside, this.#tags.start));
    } catch {
      return '';
    }
  }
}

/** The first object key of an object, with sections or comments in it. @throws S3Error MalformedXML */
function keyIn(object: string): string {
  const tags = new Tags(object);
  while (!(tags.next() === 'open' && tags.isNamed('Key')));
  const from = tags.start;
  while (tags.kind !== 'end' && !(tags.kind === 'close' && tags.isNamed('Key'))) tags.next();
  return readDocument(object.slice(from, tags.end), 'Key').value;
}
