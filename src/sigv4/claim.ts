import { S3Error } from '../s3/errors.ts';

/** The claims of an Authorization header, before they are verified. */
export interface Claim {
  readonly accessKeyId: string;
  /** `yyyymmdd/region/service/terminator`, as signed. */
  readonly scope: Scope;
  /** Lower-case names in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
}

export interface Scope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** Creates the error for the place of the claim: the header, the query or a form. */
type Malformed = (what: string) => S3Error;

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Each name is followed by a semicolon that no name holds, so this is read in one pass. */
const HEADER_NAMES = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/;

/**
 * Reads `AWS4-HMAC-SHA256 Credential=…/…/…/s3/aws4_request, SignedHeaders=…, Signature=…`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 *
 * @throws S3Error AuthorizationHeaderMalformed; InvalidRequest for SigV2, NotImplemented for SigV4A.
 */
export function parseAuthorization(header: string): Claim {
  // Two strings are compared many bytes at a time, which `startsWith` does not do.
  const beginning = header.slice(0, -SIGNATURE_DIGITS);
  for (const { text, claim } of beginnings) {
    if (text !== beginning) continue;
    const signature = header.slice(-SIGNATURE_DIGITS);
    if (!SIGNATURE.test(signature)) break;
    const { accessKeyId, scope, signedHeaders } = claim;
    return { accessKeyId, scope, signedHeaders, signature };
  }
  return parseAll(header);
}

function parseAll(header: string): Claim {
  const text = header.trim();
  const space = text.indexOf(' ');
  const algorithm = space < 0 ? text : text.slice(0, space);
  if (algorithm !== ALGORITHM) throw unsupported(algorithm);
  const { Credential, SignedHeaders, Signature } = parseFields(text, space + 1);
  if (!Signature) throw lacks('Signature');
  if (!SIGNATURE.test(Signature)) throw malformed('the Signature must be 64 hex digits');
  if (!Credential) throw lacks('Credential');
  const { accessKeyId, scope } = parseCredential(Credential, malformed);
  if (!SignedHeaders) throw lacks('SignedHeaders');
  const claim = { accessKeyId, scope, signedHeaders: parseSignedHeaders(SignedHeaders, malformed) };
  if (header.endsWith(`Signature=${Signature}`)) remember(header.slice(0, -Signature.length), claim);
  return { ...claim, signature: Signature };
}

const SIGNATURE = /^[0-9a-f]{64}$/;
const SIGNATURE_DIGITS = 64;

interface Beginning {
  readonly text: string;
  readonly claim: Omit<Claim, 'signature'>;
}

/** Of the clients that signed last: a client's headers differ in the signature alone for a day, and that stands last. */
const beginnings: Beginning[] = [];
const MOST_BEGINNINGS = 8;
/** Longer than any of a client that signs what it sends. */
const LONGEST_BEGINNING = 2048;

function remember(text: string, claim: Beginning['claim']): void {
  if (text.length > LONGEST_BEGINNING) return;
  beginnings.unshift({ text, claim });
  beginnings.splice(MOST_BEGINNINGS);
}

interface Fields {
  Credential: string | undefined;
  SignedHeaders: string | undefined;
  Signature: string | undefined;
}

function parseFields(text: string, beginning: number): Fields {
  const fields: Fields = { Credential: undefined, SignedHeaders: undefined, Signature: undefined };
  /** Names of no meaning, none of which may be there twice either. */
  let others: Set<string> | undefined;
  for (let from = beginning; from <= text.length; ) {
    const comma = text.indexOf(',', from);
    const to = comma < 0 ? text.length : comma;
    const equals = text.indexOf('=', from);
    if (equals < 0 || equals > to)
      throw malformed('the components must be separated by commas and have the form name=value');
    const name = text.slice(from, equals).trim();
    if (name === 'Credential' || name === 'SignedHeaders' || name === 'Signature') {
      if (fields[name] !== undefined) throw twice(name);
      fields[name] = text.slice(equals + 1, to).trim();
    } else {
      others ??= new Set();
      if (others.has(name)) throw twice(name);
      others.add(name);
    }
    from = to + 1;
  }
  return fields;
}

/** The access key id may contain slashes, so the scope is read from the end. */
export function parseCredential(credential: string, fault: Malformed): Pick<Claim, 'accessKeyId' | 'scope'> {
  const fourth = credential.lastIndexOf('/');
  const third = credential.lastIndexOf('/', fourth - 1);
  const second = credential.lastIndexOf('/', third - 1);
  const first = credential.lastIndexOf('/', second - 1);
  const date = credential.slice(first + 1, second);
  if (first <= 0 || !/^\d{8}$/.test(date)) {
    throw fault(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  return {
    accessKeyId: credential.slice(0, first),
    scope: {
      date,
      region: credential.slice(second + 1, third),
      service: credential.slice(third + 1, fourth),
      terminator: credential.slice(fourth + 1),
    },
  };
}

export function parseSignedHeaders(value: string, fault: Malformed): readonly string[] {
  const names = value.split(';');
  if (!HEADER_NAMES.test(value) || !eachOnce(names)) {
    throw fault('the SignedHeaders must be lower-case header names, each once, separated by semicolons');
  }
  return names;
}

/** Nearly every client sorts them. */
function eachOnce(names: readonly string[]): boolean {
  for (let at = 1; at < names.length; at += 1)
    if ((names[at - 1] as string) >= (names[at] as string)) return new Set(names).size === names.length;
  return true;
}

function lacks(name: string): S3Error {
  return malformed(`it lacks the component ${name}`);
}

function twice(name: string): S3Error {
  return malformed(`the component ${name} is given twice`);
}

function malformed(what: string): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', `The authorization header is malformed; ${what}`);
}

/** The refusal of an algorithm other than SigV4's. */
export function unsupported(algorithm: string): S3Error {
  if (algorithm === 'AWS') {
    return new S3Error(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256. (Signature version 2 is off in this proxy; sigv2: true in its config turns it on.)',
    );
  }
  if (algorithm === 'OBS') {
    // OBS's SDK for Node.js knows its own service by the message, and then tries something else.
    return new S3Error('InvalidArgument', 'Unsupported Authorization Type', {
      reason: 'the signature of OBS is off; obs: true in the config turns it on',
      fields: { Detail: 'The signature of OBS is off in this proxy; obs: true in its config turns it on.' },
    });
  }
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') {
    return new S3Error(
      'NotImplemented',
      'Signature version 4A is not implemented. Please use AWS4-HMAC-SHA256.',
    );
  }
  return new S3Error('InvalidArgument', 'Unsupported Authorization Type');
}
