import type { StoreError } from '../../response/store-error.ts';
import { S3Error } from '../../s3/errors.ts';
import { XML_DECLARATION } from '../../s3/xml.ts';
import type { CopyLimits } from '../../snapshot/copy-limits.ts';
import type { Exchange } from '../exchange.ts';
import { causeForLog } from '../reply/cause.ts';
import { countBody, writeHead } from '../reply/head.ts';
import { errorFor, sendDocument, sendError } from '../reply/send.ts';
import { StoreRefusal } from './store-refusal.ts';

const INTERNAL: StoreError = {
  code: 'InternalError',
  message: 'We encountered an internal error. Please try again.',
  fields: {},
};

/**
 * The answer to a copy, whose status may have to go out before its outcome: "If the copy operation takes longer, S3
 * sends white space characters to keep the connection alive", and an error then stands in the body of the 200.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export class LateReply {
  readonly #exchange: Exchange;
  readonly #every: number;
  #timer: NodeJS.Timeout;
  #begun = false;
  /** Name, value, name, value …: what is known of the headers when the answer begins. */
  #headers: readonly string[] = [];

  constructor(exchange: Exchange, { silence, every }: Pick<CopyLimits, 'silence' | 'every'>) {
    this.#exchange = exchange;
    this.#every = every;
    this.#timer = setTimeout(() => this.#wait(), silence);
  }

  know(headers: readonly string[]): void {
    this.#headers = headers;
  }

  /** @param document without a declaration; headers that come after the answer began are lost, as they are with S3 */
  async succeed(document: string, headers: readonly string[]): Promise<void> {
    this.stop();
    if (this.#begun) this.#end(document);
    else await sendDocument(this.#exchange, 200, document, [...this.#headers, ...headers]);
  }

  /** @throws the error itself, while the answer has not begun and another one can still take its place */
  async fail(error: unknown): Promise<void> {
    this.stop();
    const { log, signal } = this.#exchange;
    const refusal = error instanceof StoreRefusal ? error : undefined;
    if (signal.aborted || (!refusal && !this.#begun)) throw error;
    const said = refusal?.said ?? (error instanceof S3Error ? error : INTERNAL);
    log.code = said.code;
    if (!refusal) {
      const cause = causeForLog(error);
      if (cause !== undefined) log.cause ??= cause;
    }
    if (this.#begun) this.#end(errorFor(this.#exchange, said));
    else await sendError(this.#exchange, refusal?.status ?? 500, said, []);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #end(document: string): void {
    const rest = Buffer.from(document);
    countBody(this.#exchange, rest.byteLength);
    this.#exchange.response.end(rest);
  }

  #wait(): void {
    const { response, signal } = this.#exchange;
    if (signal.aborted) return;
    if (!this.#begun) writeHead(this.#exchange, 200, [...this.#headers, 'content-type', 'application/xml']);
    // Buffers, since Node writes the head in the encoding of the first chunk.
    const text = this.#begun ? '\n' : XML_DECLARATION;
    countBody(this.#exchange, text.length);
    response.write(Buffer.from(text));
    this.#begun = true;
    this.#timer = setTimeout(() => this.#wait(), this.#every);
  }
}
