import type { WireHeaders } from '../s3/headers.ts';
import type { Query } from '../s3/query.ts';

/** Of an Authorization header, in characters: the credential stands at its beginning. */
const LOOKED_AT = 512;

/** Longer ids are shown where a client has them. Secrets are longer, and are sometimes put in the place of the id. */
const MOST = 32;

const ID = /^[\w.@+-]+$/;

/** What the config has of a text that came in the place of an access key id. */
export interface Known {
  /** Has a client this id? */
  readonly isId: (text: string) => boolean;
  /** Is it the secret of anybody? */
  readonly isSecret: (text: string) => boolean;
}

/**
 * The access key id that a request claims, for the log: nothing of it is verified. Undefined where it gives none, and where
 * what it gives does not look like one or is a secret.
 */
export function claimedId(headers: WireHeaders, query: Query, known: Known): string | undefined {
  const credential = query.get('X-Amz-Credential');
  const id =
    (credential === undefined
      ? (query.get('AWSAccessKeyId') ?? query.get('AccessKeyId'))
      : idOf(credential)) ?? idInHeader(headers.joined('authorization') ?? '');
  return id === undefined ? undefined : shownId(id, known);
}

/** The id itself, if it may be shown. A secret may not, whatever it looks like. */
export function shownId(id: string, { isId, isSecret }: Known): string | undefined {
  if (isSecret(id)) return undefined;
  return isId(id) || (id.length <= MOST && ID.test(id)) ? id : undefined;
}

function idInHeader(authorization: string): string | undefined {
  const text = authorization.slice(0, LOOKED_AT).trimStart();
  if (/^(?:AWS|OBS) /.test(text)) return text.slice('AWS '.length).split(':', 1)[0];
  const at = text.indexOf(CREDENTIAL);
  if (!text.startsWith('AWS4-') || at < 0) return undefined;
  const rest = text.slice(at + CREDENTIAL.length);
  return idOf(rest.split(',', 1)[0]?.trim() ?? '');
}

const CREDENTIAL = 'Credential=';

/** `id/date/region/service/aws4_request`: a secret with a slash in the place of the id makes it longer. */
function idOf(credential: string): string | undefined {
  const parts = credential.slice(0, LOOKED_AT).split('/');
  return parts.length === 5 ? parts[0] : undefined;
}
