import { escapeXml } from '../s3/xml.ts';
import type { Fields } from './fields.ts';

/** The response that a form asks for when its file is stored. */
export type Success =
  | { readonly kind: 'redirect'; readonly url: URL }
  | { readonly kind: 'status'; readonly status: 200 | 201 | 204 };

/** What was stored, for the response. */
export interface Stored {
  /** URL of the object, at the proxy. */
  readonly location: string;
  readonly bucket: string;
  readonly objectKey: string;
  /** Including its quotes. */
  readonly etag: string;
}

/** "If the value is set to an invalid value or is left empty", or the URL can't be interpreted, the field is ignored. */
export function successOf(fields: Fields): Success {
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect') ?? '';
  const url = URL.parse(redirect);
  if (url && /^https?:$/.test(url.protocol)) return { kind: 'redirect', url };
  const status = fields.get('success_action_status');
  return { kind: 'status', status: status === '200' ? 200 : status === '201' ? 201 : 204 };
}

/** The URL to redirect to, with bucket, key and etag in its query. */
export function redirectUrl(url: URL, { bucket, objectKey, etag }: Stored): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries({ bucket, key: objectKey, etag })) {
    next.searchParams.append(name, value);
  }
  return next.href;
}

/** The root element of the document of a 201. */
export function postResponse({ location, bucket, objectKey, etag }: Stored): string {
  const elements = Object.entries({ Location: location, Bucket: bucket, Key: objectKey, ETag: etag });
  const inner = elements.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('');
  return `<PostResponse>${inner}</PostResponse>`;
}
