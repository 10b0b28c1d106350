import { escapeXml } from '../s3/xml.ts';

/** An element: its name and what it holds. `undefined` children are left out. */
export type Element = readonly [name: string, content: Content];
type Content = string | number | boolean | readonly (Element | undefined)[];

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole S3 response document. */
export function documentOf(name: string, content: Content): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${inner(content)}</${name}>`;
}

function inner(content: Content): string {
  if (typeof content !== 'object') return escapeXml(String(content));
  return content
    .filter((child) => child !== undefined)
    .map(([name, nested]) => `<${name}>${inner(nested)}</${name}>`)
    .join('');
}
