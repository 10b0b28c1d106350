import type { Rule } from '../rules/match.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allUpstreams } from '../snapshot/upstream-of.ts';
import { storeClient } from '../store-client/client.ts';
import { systemNames } from '../upstream/names/names.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { urlOf } from '../verify/result.ts';
import type { Check, StoreBench } from './bench.ts';
import { carryOut } from './carry-out.ts';
import { account } from './checks/account.ts';
import { tlsChain } from './checks/tls.ts';
import { endpointOf } from './commands.ts';
import { type Examination, examinePlace } from './examine-place.ts';
import type { Checked, Section } from './finding.ts';
import { bucketsOf } from './places.ts';

const STORE_CHECKS: readonly Check<StoreBench>[] = [tlsChain, account];

/** Examines every store and every rule of a config, and yields the findings one by one. */
export async function* examine(examination: Examination): AsyncGenerator<Section, void, undefined> {
  const { snapshot, clock, random, signal } = examination;
  for (const upstream of allUpstreams(snapshot)) {
    const lookup = systemNames.lookupFor(upstream.protocol);
    const client = storeClient(upstream, { clock, random, signal, connections: 2, lookup });
    try {
      const bench: StoreBench = { upstream, client, clock, lookup };
      const findings = await untilStopped(STORE_CHECKS, bench);
      yield { of: 'store', title: titleOf(upstream), findings };
      if (findings.some(({ grade }) => grade === 'stop')) continue;
      for (const rule of snapshot.rules.rules) {
        if (upstreamOfRule(rule, snapshot) === upstream) yield* examineRule(rule, bench, examination);
      }
    } finally {
      client.close();
    }
  }
}

function titleOf(upstream: Upstream): string {
  const { name, provider, dialect } = upstream;
  const spoken = dialect === undefined ? '' : `, dialect ${dialect.name}`;
  return `${name} ${endpointOf(upstream)} (provider ${provider.name}${spoken})`;
}

/** A store that can't be used gets no more requests. */
async function untilStopped(checks: readonly Check<StoreBench>[], bench: StoreBench): Promise<Checked[]> {
  const findings: Checked[] = [];
  for (const check of checks) {
    findings.push(...(await carryOut(check, bench)));
    if (findings.some(({ grade }) => grade === 'stop')) break;
  }
  return findings;
}

async function* examineRule(
  rule: Rule,
  bench: StoreBench,
  examination: Examination,
): AsyncGenerator<Section, void, undefined> {
  const title = `${rule.name} ${urlOf(rule.bucket, rule.prefix)}`;
  const buckets = await bucketsOf(rule, examination.snapshot.rules, bench);
  if (buckets.length === 0) {
    const found = `the store lists no bucket that matches ${rule.bucket}, or lists no buckets at all`;
    yield { of: 'rule', title, findings: [{ check: 'bucket', grade: 'warning', found }] };
  }
  for (const bucket of buckets) {
    const named = `${rule.name} ${urlOf(bucket, rule.prefix)}`;
    yield { of: 'rule', title: named, findings: await examinePlace(rule, bucket, bench, examination) };
  }
}

function upstreamOfRule({ upstream: id }: Rule, { upstream, upstreams }: Snapshot): Upstream | undefined {
  return id === undefined ? upstream : upstreams.get(id);
}
