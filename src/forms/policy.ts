import { S3Error } from '../s3/errors.ts';
import { withoutEnd } from '../s3/trim.ts';

/** The conditions on a form, as its signer wrote them. Field names in lower case. */
export interface Policy {
  /** Milliseconds since 1970. */
  readonly expiration: number;
  readonly conditions: readonly Condition[];
}

export type Condition = { readonly text: string } & (
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  /** In bytes, both included. */
  | { readonly kind: 'content-length-range'; readonly least: number; readonly most: number }
);

const EXPIRATION = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const OPERATORS: Readonly<Record<string, 'eq' | 'starts-with'>> = { eq: 'eq', 'starts-with': 'starts-with' };
/** A text that no error may show. */
const SECRET_FIELD = /customer-key|security-token/;

/**
 * Reads a policy, base64 of JSON in UTF-8.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 *
 * @param comma may there be one behind the last condition? The SDK of OBS for Go writes it
 * @throws S3Error InvalidPolicyDocument
 */
export function parsePolicy(base64: string, comma: 'refused' | 'taken' = 'refused'): Policy {
  const document = parseJson(base64, comma);
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid('Policy missing expiration.');
  const time =
    typeof expiration === 'string' && EXPIRATION.test(expiration) ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(time)) throw invalid("Invalid 'expiration' value.");
  if (conditions === undefined) throw invalid('Policy missing conditions.');
  if (!Array.isArray(conditions)) throw invalid('Invalid Conditions: must be a List.');
  return { expiration: time, conditions: conditions.map(parseCondition) };
}

function parseJson(base64: string, comma: 'refused' | 'taken'): Readonly<Record<string, unknown>> {
  const bare = base64.replace(/[\r\n]/g, '');
  const bytes = Buffer.from(bare, 'base64');
  if (withoutEnd(bytes.toString('base64'), '=') !== withoutEnd(bare, '=')) throw invalid('Invalid Base64.');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const document: unknown = JSON.parse(unescaped(comma === 'taken' ? withoutLastComma(text) : text));
    if (isRecord(document)) return document;
  } catch (cause) {
    throw invalid('Invalid JSON.', cause);
  }
  throw invalid('Invalid JSON.');
}

/** `…,]}` at the end is `…]}`. Each character is looked at once. */
function withoutLastComma(text: string): string {
  let rest = text;
  for (const end of ['}', ']', ',']) {
    rest = withoutEnd(rest, ' \t\r\n');
    if (!rest.endsWith(end)) return text;
    rest = rest.slice(0, -1);
  }
  return `${rest}]}`;
}

/** "Character escaping": in addition to those of JSON, a policy may have `\$` and `\v`. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (whole, character) =>
    character === '$' ? '$' : character === 'v' ? '\\u000b' : whole,
  );
}

function parseCondition(condition: unknown): Condition {
  if (Array.isArray(condition)) return parseOperator(condition);
  const entries = isRecord(condition) ? Object.entries(condition) : [];
  const [field, value] = entries[0] ?? [];
  if (field === undefined || entries.length > 1) {
    throw invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.');
  }
  if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.');
  return comparison('eq', field, value);
}

function parseOperator(condition: readonly unknown[]): Condition {
  const [operator, first, second, ...more] = condition;
  const name = typeof operator === 'string' ? operator.toLowerCase() : '';
  if (name === 'content-length-range') {
    const [least, most] = [numberOf(first), numberOf(second)];
    if (more.length > 0) throw invalid('Invalid Content-Length-Range.');
    return { kind: name, least, most, text: JSON.stringify([name, least, most]) };
  }
  const kind = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (kind === undefined) throw invalid('Invalid Condition: unknown operation.');
  if (typeof first !== 'string' || typeof second !== 'string' || more.length > 0 || !/^\$./s.test(first)) {
    throw invalid(`Invalid Condition: wrong number or type of arguments for ${kind}.`);
  }
  return comparison(kind, first.slice(1), second);
}

function comparison(kind: 'eq' | 'starts-with', name: string, value: string): Condition {
  const field = name.toLowerCase();
  const shown = SECRET_FIELD.test(field) ? '[redacted]' : value;
  return { kind, field, value, text: JSON.stringify([kind, `$${name}`, shown]) };
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw invalid('Invalid Content-Length-Range: its bounds must be whole numbers of bytes.');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(what: string, cause?: unknown): S3Error {
  return new S3Error('InvalidPolicyDocument', `Invalid Policy: ${what}`, { cause });
}
