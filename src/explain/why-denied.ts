import type { Action, Permissions } from '../clients/permissions.ts';
import { authorize } from '../proxy/plan/authorize.ts';
import { type Planned, type Scope, scopeOf } from '../proxy/plan/make-plan.ts';
import type { RuleSet } from '../rules/match.ts';
import { S3Error } from '../s3/errors.ts';
import type { Target } from '../s3/target.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Why a request is refused, what of the config was looked at, and what to write to allow it. */
export interface Denial {
  readonly why: string;
  readonly lookedAt: readonly string[];
  readonly fix: string;
}

type Asked = Pick<Planned, 'operation' | 'target' | 'headers'>;

/**
 * The reason behind an AccessDenied. The decision is that of the code that serves: it is asked again with one part of the
 * request or of the permissions changed, and where it then allows, that part was the reason.
 *
 * @param caller undefined where nobody's permissions were looked at
 */
export function whyDenied(
  asked: Asked,
  snapshot: Snapshot,
  caller: { readonly name: string; readonly permissions: Permissions } | undefined,
): Denial | undefined {
  const scope = unless(() => scopeOf(asked, snapshot));
  if (!scope) return withoutRule(asked, snapshot);
  if (!caller) return undefined;
  const { name, permissions } = caller;
  if (allows(scope, permissions)) return undefined;
  const mostOf: Permissions = permissions.anonymous ? { ...ALL, anonymous: true } : ALL;
  if (!allows(scope, mostOf)) return beyondPermissions(scope, permissions);
  if (allows(scope, { ...permissions, admin: true })) return withoutAdmin(scope, name);
  return withoutGrant(scope, name, permissions);
}

function withoutAdmin({ operation, needs }: Scope, name: string): Denial {
  const opens = needs.includes('acl');
  return {
    why: `${operation.name} ${opens ? 'may open the object to others' : 'is about the bucket itself'}, and client ${name} is not an administrator${opens ? ' and has no grant of acl' : ''}`,
    lookedAt: ['admin: false'],
    fix: `admin: true for client ${name}${opens ? ', or acl in the actions of a grant' : ''}`,
  };
}

const EACH = ['read', 'write', 'list', 'delete', 'deleteVersions', 'acl', 'unlock'] as const;
const EVERY: ReadonlySet<Action> = new Set<Action>(EACH);
const ALL: Permissions = { admin: true, grants: [{ bucket: '*', prefix: '', actions: EVERY }] };

function allows(scope: Scope, permissions: Permissions): boolean {
  const allowed = unless(() => {
    authorize(scope, permissions);
    return true;
  });
  return allowed === true;
}

/** Undefined where it is refused. */
function unless<T>(decide: () => T): T | undefined {
  try {
    return decide();
  } catch (error) {
    if (error instanceof S3Error && error.code === 'AccessDenied') return undefined;
    throw error;
  }
}

/** No rule matches, and what no rule matches is refused. */
function withoutRule(asked: Asked, snapshot: Snapshot): Denial {
  const { rules } = snapshot;
  const { operation, target } = asked;
  const own = { ...operation, copies: false };
  const isSource = unless(() => scopeOf({ ...asked, operation: own }, snapshot)) !== undefined;
  const [bucket, objectKey] = isSource ? sourceOf(asked) : placeOf(target);
  const near = rules.rules.filter((rule) => rule.bucket === bucket || rules.rules.length <= MOST_RULES);
  return {
    why: `no rule matches ${isSource ? 'the source ' : ''}s3://${bucket}/${objectKey}, and default: deny refuses what no rule matches`,
    lookedAt: near.slice(0, MOST_RULES).map((rule) => `${rule.name}: ${areaOf(rule)}`),
    fix: `a rule, as in - { match: { bucket: ${bucket} }, encrypt: [${keyIn(rules)}] }`,
  };
}

const MOST_RULES = 10;

function sourceOf({ headers }: Asked): readonly [string, string] {
  const [bucket = '', ...rest] = decodeURIComponent(headers.joined('x-amz-copy-source') ?? '').split('/');
  return [bucket, rest.join('/')];
}

function placeOf(target: Target): readonly [string, string] {
  if (target.shape === 'service') return ['', ''];
  return [target.bucket, target.shape === 'object' ? target.objectKey : ''];
}

function keyIn({ rules }: RuleSet): string {
  for (const { encryption } of rules) if (encryption.kind === 'ssec') return encryption.ring[0].ssecKey.id;
  return 'KEY-ID';
}

/** What nobody's permissions allow. */
function beyondPermissions(scope: Scope, permissions: Permissions): Denial {
  if (permissions.anonymous)
    return {
      why: `an anonymous client may get objects and list them, and ${scope.operation.name} is neither`,
      lookedAt: [],
      fix: 'let the client sign its requests',
    };
  const { source, match } = scope;
  if (source && allows({ ...scope, source: undefined }, ALL)) {
    const target = match.kind === 'rule' ? match.rule.name : 'no rule';
    const from = source.match.kind === 'rule' ? source.match.rule.name : 'no rule';
    return {
      why: `the copy would be stored in plain, and its source is encrypted`,
      lookedAt: [`source: ${from}`, `target: ${target}`],
      fix:
        match.kind === 'rule'
          ? `declassify: true in ${target}, if the copy may be in plain`
          : 'a rule for the target, with encrypt, or with encrypt: off and declassify: true',
    };
  }
  return {
    why: `the proxy does not support ${scope.operation.name} for anybody`,
    lookedAt: [],
    fix: 'nothing: use another operation',
  };
}

function withoutGrant(scope: Scope, name: string, permissions: Permissions): Denial {
  const alone: Scope = { ...scope, source: undefined };
  const isSource = scope.source !== undefined && allows(alone, permissions);
  // A grant for the source is looked for as one for its read.
  const missing = isSource
    ? 'read'
    : (scope.needs.find((need) => !allows({ ...alone, needs: [need] }, permissions)) ?? 'read');
  const [bucket, objectKey] = isSource
    ? [scope.source?.bucket ?? '', scope.source?.objectKey ?? '']
    : askedFor(scope);
  const { grants, admin } = permissions;
  const one: Scope = isSource ? scope : { ...alone, needs: scope.needs.length === 0 ? [] : [missing] };
  const lookedAt =
    grants === 'all'
      ? [`no allow: everything but acl and unlock in the buckets that rules name`]
      : grants.map((grant, index) => {
          const reason = whyNotGrant(one, grant, admin);
          return `allow[${index}]: ${areaOf(grant)}, actions ${[...grant.actions].join(', ')}: ${reason}`;
        });
  const prefix = objectKey.slice(0, objectKey.lastIndexOf('/') + 1);
  const grant = `- { bucket: ${bucket}${prefix === '' ? '' : `, prefix: ${JSON.stringify(prefix)}`}, actions: [${missing}] }`;
  return {
    why: `no grant allows client ${name} to ${WORDS[missing]} s3://${bucket}/${objectKey}`,
    lookedAt: lookedAt.length === 0 ? ['allow: []'] : lookedAt,
    fix: `in allow of client ${name}: ${grant}`,
  };
}

const WORDS: Readonly<Record<Action, string>> = {
  read: 'read',
  write: 'write',
  list: 'list',
  delete: 'delete',
  deleteVersions: 'delete versions of',
  acl: 'open to others',
  unlock: 'unlock',
};

/** For a list, what it begins with. */
function askedFor({ target }: Scope): readonly [string, string] {
  const [bucket, objectKey] = placeOf(target);
  return [bucket, target.shape === 'bucket' ? (target.query.get('prefix') ?? '') : objectKey];
}

type Grant = Exclude<Permissions['grants'], 'all'>[number];

/** The part of the grant without which it would allow the request; other grants allow what else it needs. */
function whyNotGrant(scope: Scope, grant: Grant, admin: boolean): string {
  const allowedWith = (changed: Partial<Grant>): boolean =>
    allows({ ...scope, source: undefined }, { admin, grants: [{ ...grant, ...changed }] });
  if (scope.source) return 'does not allow to read the source';
  if (allowedWith({ actions: EVERY })) return `does not have ${scope.needs.join(', ')}`;
  if (allowedWith({ prefix: '', actions: EVERY })) return 'is for another prefix';
  return 'is for other buckets';
}

function areaOf({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): string {
  return prefix === '' ? `bucket "${bucket}"` : `bucket "${bucket}", prefix "${prefix}"`;
}
