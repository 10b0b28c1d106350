const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML 1.0 cannot contain even as a reference (https://www.w3.org/TR/xml/#charsets). */
const FORBIDDEN = /[^\t\n\r\u0020-\uFFFD]/g;

/** Escapes a text for an XML element or attribute; characters that XML cannot contain become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(FORBIDDEN, '\uFFFD')
    .replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c)
    .replace(/\r/g, '&#13;');
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Of the S3 API, version 2006-03-01. */
const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document of S3 without its declaration. `inner` is XML already. */
export function s3Element(root: string, inner: string): string {
  return `<${root} xmlns="${S3_NAMESPACE}">${inner}</${root}>`;
}

/** The `<Error>` element of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
export function errorElement(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `<Error>${elements.join('')}</Error>`;
}

/** The same as a whole document. */
export function errorXml(fields: Readonly<Record<string, string>>): string {
  return `${XML_DECLARATION}${errorElement(fields)}`;
}
