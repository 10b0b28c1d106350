import { escapeXml, s3Element, XML_DECLARATION } from '../s3/xml.ts';

/** An element: its name and what it holds. `undefined` children are left out. */
export type Element = readonly [name: string, content: Content];
type Content = string | number | boolean | readonly (Element | undefined)[];

/** A whole S3 response document. */
export function documentOf(name: string, content: Content): string {
  return `${XML_DECLARATION}${s3Element(name, inner(content))}`;
}

function inner(content: Content): string {
  if (typeof content !== 'object') return escapeXml(String(content));
  return content
    .filter((child) => child !== undefined)
    .map(([name, nested]) => `<${name}>${inner(nested)}</${name}>`)
    .join('');
}
