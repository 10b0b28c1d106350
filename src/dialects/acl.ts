import { type DocumentElement, readDocument } from '../s3/document.ts';
import { S3Error } from '../s3/errors.ts';
import { escapeXml } from '../s3/xml.ts';
import type { Way } from './pairs.ts';

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const EVERYONE = 'Everyone';
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const PERMISSIONS: ReadonlySet<string> = new Set(['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL']);

/** Whom a grant is for. */
type Grantee = { readonly id: string } | 'everyone';

/**
 * An ACL, newly made of what both sides can say: users by their id and everyone. OBS has no types of grantees, and S3 has
 * no grants that objects take over from their bucket.
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0027.html
 *
 * @throws S3Error MalformedXML; NotImplemented for a grant that the other side has no word for
 */
export function translateAcl(document: string, way: Way): string {
  const acl = readDocument(document, 'AccessControlPolicy');
  refuseDelivered(acl);
  const owner = acl.all('Owner').map((one) => `<Owner>${idOf(one)}</Owner>`);
  const grants = acl
    .all('AccessControlList')
    .flatMap((list) => list.all('Grant'))
    .map((grant) => {
      refuseDelivered(grant);
      const grantees = grant.all('Grantee');
      const [grantee] = grantees;
      const permission = grant.text('Permission')?.trim() ?? '';
      if (!grantee || grantees.length > 1 || !PERMISSIONS.has(permission)) throw untold(permission);
      const to = way === 'own' ? ownGrantee(granteeOf(grantee)) : internalGrantee(granteeOf(grantee));
      return `<Grant>${to}<Permission>${permission}</Permission></Grant>`;
    });
  return `<AccessControlPolicy>${owner.join('')}<AccessControlList>${grants.join('')}</AccessControlList></AccessControlPolicy>`;
}

function idOf(from: DocumentElement): string {
  return `<ID>${escapeXml(from.text('ID')?.trim() ?? '')}</ID>`;
}

function granteeOf(grantee: DocumentElement): Grantee {
  const said = grantee.children.filter(([name]) => name !== 'DisplayName');
  const [first] = said;
  if (!first || said.length > 1) throw untold('a grantee with several names');
  const [name, { value }] = first;
  const text = value.trim();
  if (name === 'ID' && text !== '') return { id: text };
  if ((name === 'URI' && text === ALL_USERS) || (name === 'Canned' && text === EVERYONE)) return 'everyone';
  throw untold(`${name} ${text}`);
}

function ownGrantee(grantee: Grantee): string {
  const inner = grantee === 'everyone' ? `<Canned>${EVERYONE}</Canned>` : `<ID>${escapeXml(grantee.id)}</ID>`;
  return `<Grantee>${inner}</Grantee>`;
}

function internalGrantee(grantee: Grantee): string {
  return grantee === 'everyone'
    ? `<Grantee ${XSI} xsi:type="Group"><URI>${ALL_USERS}</URI></Grantee>`
    : `<Grantee ${XSI} xsi:type="CanonicalUser"><ID>${escapeXml(grantee.id)}</ID></Grantee>`;
}

/** What an object takes over from its bucket is another ACL than its own. */
function refuseDelivered(from: DocumentElement): void {
  if (from.all('Delivered').some(({ value }) => value.trim() !== 'false')) throw untold('Delivered');
}

function untold(what: string): S3Error {
  return new S3Error(
    'NotImplemented',
    `This ACL has a grant that can't be told to the other side: ${what}. Between clients and stores of different dialects, ACLs name users by their id, or everyone.`,
  );
}
