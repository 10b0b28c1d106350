import { type Dialect, S3 } from '../dialects/dialect.ts';
import { OBS } from '../dialects/obs.ts';
import type { WireHeaders } from '../s3/headers.ts';
import { schemeOfHeader } from '../sigv2/scheme.ts';

const OBS_LINK = /[?&]AccessKeyId=/;

/** What a request that was not let in speaks, as the kind of its signature says: it is refused in the same dialect. */
export function claimedDialect(headers: WireHeaders, rawTarget: string): Dialect {
  const authorization = headers.joined('authorization');
  const obs =
    authorization === undefined ? OBS_LINK.test(rawTarget) : schemeOfHeader(authorization) === 'OBS';
  return obs ? OBS : S3;
}
