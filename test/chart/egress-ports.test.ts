import t from 'tap';
import { MINIMAL, type Rendered, render } from './helm.ts';

interface Egress {
  readonly spec: {
    readonly egress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
}

/** The ports that any rule of the policies lets pods out to. */
function portsOf(objects: readonly Rendered[]): readonly number[] {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as readonly Egress[];
  const rules = policies.flatMap(({ spec }) => spec.egress ?? []);
  return [...new Set(rules.flatMap(({ ports }) => ports.map(({ port }) => port)))];
}

const SERVERS = [
  '--set',
  'fleet.enabled=false,injector.enabled=true,injector.networkPolicy.apiServers={10.0.0.1/32}',
];
const STORE = [
  '-f',
  MINIMAL,
  '--set-json',
  'networkPolicy.egress.to=[{"cidrs":["10.9.0.0/16"],"ports":[9000]}]',
];

t.test('a policy sees the port of an API server behind its Service: it can be named', (t) => {
  t.strictSame(portsOf(render(SERVERS)), [443, 6443]);
  t.strictSame(
    portsOf(render([...SERVERS, '--set', 'injector.networkPolicy.apiServerPorts={16443,8443}'])),
    [16443, 8443],
  );
  t.end();
});

t.test('a policy sees the port of DNS behind its Service: it can be named', (t) => {
  t.strictSame(portsOf(render(STORE)), [53, 9000]);
  t.strictSame(portsOf(render([...STORE, '--set', 'networkPolicy.egress.dnsPorts={5353}'])), [5353, 9000]);
  t.end();
});
