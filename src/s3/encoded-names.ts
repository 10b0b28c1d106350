import { decodePercent } from './percent.ts';

/**
 * How to decode the object keys of a list: "If you specify the encoding-type request parameter, Amazon S3 includes
 * this element in the response, and returns encoded key name values". A name with a wrong encoding is
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
