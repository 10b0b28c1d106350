import { S3Error } from '../../s3/errors.ts';
import { type Call, headerOf } from '../call.ts';

/** How attributes hold it: as if it were metadata, under a name that no client can send, and no copy keeps. */
const HELD = 'x-amz-meta-\u0000persistent';
const MAX_BYTES = 8 * 1024;

/** @throws S3Error InvalidArgument */
export function keptHeaders(call: Call): Record<string, string> {
  const header = headerOf(call, 'x-obs-persistent-headers');
  if (header === undefined) return {};
  read(header);
  return { [HELD]: header };
}

/** Answer headers with those that the object brings with it. */
export function persistentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { [HELD]: held, ...others } = headers;
  return held === undefined ? others : { ...others, ...read(held) };
}

/**
 * `name:base64(value),name2:base64(value2)`, in `huaweicloudsdkobs` (`model/put_object_request.py`): headers of the object's own,
 * returned decoded. "none may begin with x-obs-"; of `x-amz-` it says nothing. They are let pass, for a proxy in front has to
 * expect the worst.
 */
function read(header: string): Record<string, string> {
  const fields = header.split(',').map((field) => {
    const [name = '', encoded = '', ...more] = field.split(':');
    const value = Buffer.from(encoded, 'base64').toString('latin1');
    if (
      !/^[a-z0-9-]+$/i.test(name) ||
      /^x-obs-/i.test(name) ||
      more.length > 0 ||
      !/^[\x20-\x7e]*$/.test(value)
    )
      throw invalid();
    return [name.toLowerCase(), value] as const;
  });
  if (header.length > MAX_BYTES) throw invalid();
  return Object.fromEntries(fields);
}

function invalid(): S3Error {
  return new S3Error(
    'InvalidArgument',
    'x-obs-persistent-headers is name:base64(value), several with commas.',
    {
      fields: { ArgumentName: 'x-obs-persistent-headers' },
    },
  );
}
