import { ask, isFailure } from '../ask.ts';
import type { Bench } from '../bench.ts';
import { awsCommand } from '../commands.ts';
import type { Finding } from '../finding.ts';
import { permission } from '../permission.ts';

/** The condition with which a policy detects an SSE-C key in a request. */
const CONDITION = 's3:x-amz-server-side-encryption-customer-algorithm';

/** Why was a write denied? Searches the bucket policy for a statement that denies SSE-C. */
export async function policyFinding(bench: Bench, said: string): Promise<Finding> {
  const { bucket, upstream } = bench;
  const answer = await ask(bench, { method: 'GET', bucket, query: { policy: undefined } });
  const get = awsCommand(
    upstream,
    's3api',
    'get-bucket-policy',
    '--bucket',
    bucket,
    '--query',
    'Policy',
    '--output',
    'text',
  );
  const edit = `${get} > policy.json; exempt the identity of ${upstream.name}.credentials from the statement (a Condition on aws:PrincipalArn), or remove it; ${awsCommand(upstream, 's3api', 'put-bucket-policy', '--bucket', bucket, '--policy', 'file://policy.json')}`;
  const statements = isFailure(answer) ? [] : denyingSsec(answer.body.toString('utf8'));
  if (statements.length > 0)
    return {
      grade: 'stop',
      found: `the policy of the bucket denies SSE-C (${statements.join(', ')})`,
      meaning: 'many owners added such a policy after ransomware encrypted buckets with SSE-C',
      fix: edit,
    };
  return {
    grade: 'stop',
    found: said,
    meaning: isFailure(answer)
      ? `either the permission to write is missing, or a policy denies SSE-C (a Deny with the condition ${CONDITION}); the policy could not be read`
      : 'the policy of the bucket does not deny SSE-C: the permission to write is missing, or a policy above the bucket denies it',
    fix: `${permission(upstream, bucket)}; if that is allowed already: ${edit}`,
  };
}

/** The statements that deny with that condition, by their Sid or position. */
export function denyingSsec(policy: string): readonly string[] {
  let statements: unknown;
  try {
    statements = (JSON.parse(policy) as { Statement?: unknown }).Statement;
  } catch {
    return [];
  }
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  return list.flatMap((one, index) => {
    const { Effect, Sid, Condition } = (one ?? {}) as Record<string, unknown>;
    const about = JSON.stringify(Condition ?? {})
      .toLowerCase()
      .includes(CONDITION);
    return Effect === 'Deny' && about ? [typeof Sid === 'string' ? Sid : `statement ${index + 1}`] : [];
  });
}
