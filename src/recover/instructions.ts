import { fromInternal } from '../dialects/translate.ts';
import type { SseKey } from '../keys/key.ts';
import { quoted } from '../shell.ts';
import { ssecHeaders } from '../ssec/headers.ts';
import type { Version } from '../store-client/open.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { versionedName } from './versioned-name.ts';

export interface Recovery {
  readonly version: Version;
  /** When it was stored; undefined for the current version. */
  readonly modified: Date | undefined;
  /** Undefined for an unencrypted object. */
  readonly ssecKey: SseKey | undefined;
  /** A file with the 32 bytes of the key. */
  readonly keyFile: string | undefined;
}

/**
 * How to read an object with nothing but the store and its key: commands for the AWS CLI and rclone, and the headers for
 * any other client. **The text contains the key**, unless the object is unencrypted.
 */
export function instructions(recovery: Recovery, upstream: Upstream): string {
  return [
    '# The credentials of the store come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ...(upstream.ca === undefined ? [] : [caNote(upstream)]),
    '',
    '# AWS CLI',
    awsCommand(recovery, upstream),
    '',
    '# rclone 1.60 or newer: put these lines into rclone.conf, and run this command',
    ...rcloneConfig(recovery, upstream),
    rcloneCommand(recovery),
    '',
    ...headerLines(recovery.ssecKey, upstream),
  ].join('\n');
}

function caNote({ name }: Upstream): string {
  return `# The certificate of the store is signed by ${name}.ca: AWS_CA_BUNDLE=FILE for the AWS CLI, --ca-cert FILE for rclone.`;
}

const RECOVERED = './recovered';

/** Everyone on the host can see a key in an argument while the command runs, so a file is better. */
function awsCommand({ version, ssecKey, keyFile }: Recovery, upstream: Upstream): string {
  const { bucket, objectKey, versionId } = version;
  const words = ['aws', '--endpoint-url', endpointOf(upstream), '--region', upstream.region];
  words.push('s3api', 'get-object', '--bucket', bucket, `--key=${objectKey}`);
  if (versionId !== undefined) words.push(`--version-id=${versionId}`);
  if (ssecKey !== undefined) words.push(...keyArguments(ssecKey, keyFile));
  words.push(RECOVERED);
  return words.map(quoted).join(' ');
}

/** If the MD5 is given too, the AWS CLI expects the key as base64; otherwise as raw bytes. */
function keyArguments({ base64, md5 }: SseKey, keyFile: string | undefined): string[] {
  const key =
    keyFile === undefined
      ? ['--sse-customer-key', base64, '--sse-customer-key-md5', md5]
      : ['--sse-customer-key', `fileb://${keyFile}`];
  return ['--sse-customer-algorithm', 'AES256', ...key];
}

/** https://rclone.org/s3/#s3-sse-customer-key-base64 */
function rcloneConfig({ ssecKey }: Recovery, upstream: Upstream): string[] {
  return [
    '[recover]',
    'type = s3',
    'provider = Other',
    'env_auth = true',
    `endpoint = ${endpointOf(upstream)}`,
    `region = ${upstream.region}`,
    `force_path_style = ${upstream.addressing === 'path'}`,
    ...(ssecKey === undefined
      ? []
      : [
          'sse_customer_algorithm = AES256',
          `sse_customer_key_base64 = ${ssecKey.base64}`,
          `sse_customer_key_md5 = ${ssecKey.md5}`,
        ]),
  ];
}

/**
 * rclone has a name of its own for an older version. rclone 1.60 does not find it by its path in a folder, only in a
 * list of files.
 */
function rcloneCommand({ version, modified }: Recovery): string {
  const { bucket, objectKey } = version;
  const rclone = 'rclone --config rclone.conf';
  if (modified === undefined)
    return `${rclone} copyto ${quoted(`recover:${bucket}/${objectKey}`)} ${RECOVERED}`;
  const name = quoted(versionedName(objectKey, modified));
  return `printf '%s\\n' ${name} | ${rclone} --s3-versions cat recover:${bucket} --files-from-raw - > ${RECOVERED}`;
}

function headerLines(ssecKey: SseKey | undefined, { dialect }: Upstream): string[] {
  if (ssecKey === undefined) return [];
  const headers = ssecHeaders('target', ssecKey);
  const lines = linesOf(headers);
  if (dialect === undefined) return ['# any other client: send these headers, signed', ...lines, ''];
  return [
    '# any other client of S3: send these headers, signed',
    ...lines,
    '',
    `# any other client of ${dialect.name.toUpperCase()}: these ones`,
    ...linesOf(fromInternal(headers, dialect)),
    '',
  ];
}

function linesOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function endpointOf({ protocol, hostname, port, basePath }: Upstream): string {
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  const authority = port === (protocol === 'https:' ? 443 : 80) ? name : `${name}:${port}`;
  return `${protocol}//${authority}${basePath}`;
}
