import { asSpelled } from '../s3/obs-operations.ts';
import type { Query } from '../s3/query.ts';
import { OBS_PARAMETERS, S3_PARAMETERS } from './signed-parameters.ts';

/** How a client signs with HMAC-SHA1: as AWS has it, or as Huawei OBS. They differ in names alone. */
export interface Scheme {
  /** The first word of the Authorization header. */
  readonly word: 'AWS' | 'OBS';
  /** Of the parameter and the form field with the access key id, and of its element in errors. */
  readonly accessKeyId: 'AWSAccessKeyId' | 'AccessKeyId';
  /** The beginning of the signed headers, in lower case. */
  readonly prefix: 'x-amz-' | 'x-obs-';
  /** Is a query parameter part of the canonical resource? */
  readonly signs: (name: string) => boolean;
  /**
   * `may-stay`: the line of the date is empty beside `x-obs-date`, or has the Date after all. OBS's SDK for Go signs it so:
   * its `prepareDateHeader` looks for the name in another case.
   */
  readonly date: 'leaves' | 'may-stay';
  /** Does a link have the token of temporary credentials in its resource, and not among its headers, as boto3 has it? */
  readonly tokenInResource: boolean;
  /** May the path have a query of its own, as boto3 1.26 signs it by mistake? */
  readonly ownQuery: boolean;
}

export const AWS: Scheme = {
  word: 'AWS',
  accessKeyId: 'AWSAccessKeyId',
  prefix: 'x-amz-',
  // As operations are told apart: in whatever case OBS's own names come.
  signs: (name) => S3_PARAMETERS.has(asSpelled(name)),
  date: 'leaves',
  tokenInResource: false,
  ownQuery: true,
};

/** SigV2 as the SDKs of OBS sign it too, with the sub-resources of OBS, which S3 lacks. */
export const AWS_AT_OBS: Scheme = {
  ...AWS,
  signs: (name) => S3_PARAMETERS.has(name) || isOfObs(name, 'x-amz-'),
  date: 'may-stay',
  tokenInResource: true,
};

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html */
export const OBS: Scheme = {
  word: 'OBS',
  accessKeyId: 'AccessKeyId',
  prefix: 'x-obs-',
  signs: (name) => isOfObs(name, 'x-obs-'),
  date: 'may-stay',
  tokenInResource: true,
  ownQuery: false,
};

/** OBS compares the names in lower case: `?Append` is signed too. */
function isOfObs(name: string, prefix: string): boolean {
  const lower = name.toLowerCase();
  return OBS_PARAMETERS.has(lower) || lower.startsWith(prefix) || lower.startsWith('x-workflow-');
}

/** The scheme that an Authorization header names, on or off. */
export function schemeOfHeader(authorization: string | undefined): Scheme['word'] | undefined {
  const word = /^\s*(AWS|OBS)(?:\s|$)/.exec(authorization ?? '')?.[1];
  return word === 'AWS' || word === 'OBS' ? word : undefined;
}

/** The schemes whose signature a query has, on or off. Two of them are one too many. */
export function schemesOfQuery(query: Query): readonly Scheme['word'][] {
  if (query.size === 0) return NONE;
  const named = query.has(AWS.accessKeyId);
  const namedByObs = query.has(OBS.accessKeyId);
  const signed = !named && !namedByObs && query.has('Signature');
  const aws = named || (signed && query.has('Expires'));
  const obs = namedByObs || (signed && !aws && query.has('Policy'));
  if (aws) return obs ? BOTH : AWS_ALONE;
  return obs ? OBS_ALONE : NONE;
}

const NONE: readonly Scheme['word'][] = [];
const AWS_ALONE: readonly Scheme['word'][] = ['AWS'];
const OBS_ALONE: readonly Scheme['word'][] = ['OBS'];
const BOTH: readonly Scheme['word'][] = ['AWS', 'OBS'];
