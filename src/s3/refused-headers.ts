import { S3Error } from './errors.ts';
import { BUCKET_STORAGE_CLASS, isOfObs } from './obs-headers.ts';
import type { Operation } from './operations.ts';
import type { Provider } from './providers.ts';
import { NOT_DONE, OTHER_VENDORS } from './request-headers.ts';

const METADATA = 'x-amz-meta-';

/**
 * Why a write can't have a header that is in no list: to leave it out would be to do something else than was asked for.
 * @param name in lower case
 * @returns undefined for what may stay behind unsaid
 */
export function refusalOf(
  name: string,
  { name: operation }: Operation,
  provider: Provider,
): S3Error | undefined {
  // Where an underscore is read as a dash, it is the same name.
  const folded = name.replaceAll('_', '-');
  if (folded.startsWith(METADATA)) {
    const acted = provider.actsUponMetadata.find(({ names }) => names.test(folded.slice(METADATA.length)));
    return acted && refused('InvalidArgument', name, `A store ${acted.does}. Name that metadata otherwise.`);
  }
  const reason = NOT_DONE.get(folded);
  if (reason !== undefined) return refused('NotImplemented', name, `${reason}, without the header.`);
  if (folded.startsWith('x-amz-')) {
    return refused(
      'NotImplemented',
      name,
      `Nothing is known of it, so it is not sent on with ${operation}. Leave it out.`,
    );
  }
  if (folded === BUCKET_STORAGE_CLASS && operation === 'CreateBucket')
    return refused('InvalidArgument', name, 'The buckets of this store have no storage class. Leave it out.');
  if (!OTHER_VENDORS.test(folded)) return undefined;
  if (provider.ownHeaders[operation]?.has(name) === true)
    return refused('InvalidArgument', name, 'The store gets it only where upstream.dialect is obs.');
  return refused(
    'InvalidArgument',
    name,
    isOfObs(folded)
      ? `It is a header of Huawei OBS, and not of ${operation} to this store. Leave it out.`
      : 'S3 has no such header, and the store gets none that S3 lacks. Leave it out, or use its counterpart of S3.',
  );
}

function refused(code: 'InvalidArgument' | 'NotImplemented', header: string, why: string): S3Error {
  const message =
    code === 'NotImplemented'
      ? `The header ${header} implies functionality that is not implemented here. ${why}`
      : `The header ${header} is refused. ${why}`;
  return new S3Error(code, message, {
    fields: code === 'NotImplemented' ? { Header: header } : { ArgumentName: header },
  });
}
