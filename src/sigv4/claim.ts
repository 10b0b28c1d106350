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
  const text = header.trim();
  const space = text.indexOf(' ');
  const algorithm = space < 0 ? text : text.slice(0, space);
  if (algorithm !== ALGORITHM) throw unsupported(algorithm);
  const fields = parseFields(text.slice(space + 1));
  const signature = required(fields, 'Signature');
  if (!/^[0-9a-f]{64}$/.test(signature)) throw malformed('the Signature must be 64 hex digits');
  return {
    ...parseCredential(required(fields, 'Credential'), malformed),
    signedHeaders: parseSignedHeaders(required(fields, 'SignedHeaders'), malformed),
    signature,
  };
}

function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals < 0)
      throw malformed('the components must be separated by commas and have the form name=value');
    const name = part.slice(0, equals).trim();
    if (fields.has(name)) throw malformed(`the component ${name} is given twice`);
    fields.set(name, part.slice(equals + 1).trim());
  }
  return fields;
}

/** The access key id may contain slashes, so the scope is read from the end. */
export function parseCredential(credential: string, fault: Malformed): Pick<Claim, 'accessKeyId' | 'scope'> {
  const parts = credential.split('/');
  const [date = '', region = '', service = '', terminator = ''] = parts.splice(-4);
  const accessKeyId = parts.join('/');
  if (accessKeyId === '' || !/^\d{8}$/.test(date)) {
    throw fault(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  return { accessKeyId, scope: { date, region, service, terminator } };
}

export function parseSignedHeaders(value: string, fault: Malformed): readonly string[] {
  const names = value.split(';');
  if (!HEADER_NAMES.test(value) || new Set(names).size !== names.length) {
    throw fault('the SignedHeaders must be lower-case header names, each once, separated by semicolons');
  }
  return names;
}

function required(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (!value) throw malformed(`it lacks the component ${name}`);
  return value;
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
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') {
    return new S3Error(
      'NotImplemented',
      'Signature version 4A is not implemented. Please use AWS4-HMAC-SHA256.',
    );
  }
  return new S3Error('InvalidArgument', 'Unsupported Authorization Type');
}
