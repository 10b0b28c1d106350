import { decodePercent } from './percent.ts';

/**
 * How the object keys of a list are to be read: "If you specify the encoding-type request parameter, Amazon S3 includes
 * this element in the response, and returns encoded key name values". A name that is not encoded as it should be is
 * undefined. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function nameDecoder(encoded: boolean): (name: string) => string | undefined {
  if (!encoded) return (name) => name;
  return (name) => {
    try {
      return decodePercent(name, { plusIsSpace: true });
    } catch {
      return undefined;
    }
  };
}
