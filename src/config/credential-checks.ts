import type { Credentials } from '../secret.ts';
import type { Path, Report } from './problem.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const AWS_ID = /^A(?:KI|SI)A[A-Z0-9]{16}$/;
const AWS_SECRET = /^[A-Za-z0-9/+]{40}$/;

/** What a pair of credentials looks like when it was not put together right. No text of them is shown. */
export function judgeCredentials(
  { accessKeyId, secretAccessKey }: Credentials,
  path: Path,
  report: Report,
): void {
  const secret = secretAccessKey.reveal();
  const at: Path = [...path, 'secretAccessKey'];
  if (AWS_ID.test(secret) || (AWS_SECRET.test(accessKeyId) && !AWS_SECRET.test(secret)))
    report.fault(at, 'this looks like an access key id', 'swap accessKeyId and secretAccessKey');
  else if (/^\{[\s\S]*\}\s*$/.test(secret))
    report.warn(at, 'the secret is a JSON document', 'write only the value, without its document');
  else if (/^[A-Za-z_]\w*=/.test(secret) && secret.length > 20)
    report.warn(at, 'the secret begins with a name and "="', 'write only the value, without its name');
  else if (/[\r\n]/.test(secret))
    report.warn(
      at,
      'the secret has several lines',
      'write only the secret, with at most one newline after it',
    );
  else if (/^\s|\s$/.test(secret))
    report.warn(at, 'the secret begins or ends with a space', 'remove it unless it belongs to the secret');
}
