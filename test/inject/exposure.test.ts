import t from 'tap';
import { admitted, pod } from './fixture.ts';

type Spec = Parameters<typeof pod>[0];

const web = (securityContext: object): Spec => ({ containers: [{ name: 'web', securityContext }] });
const folder = (path: string): Spec => ({ volumes: [{ name: 'node', hostPath: { path } }] });

const EXPOSED: readonly (readonly [string, Spec, RegExp])[] = [
  ['privileged container', web({ privileged: true }), /container web is privileged, and could read/],
  ['capability SYS_ADMIN', web({ capabilities: { add: ['SYS_ADMIN'] } }), /web has the capability SYS_ADMIN/],
  ['capability CAP_SYS_MODULE', web({ capabilities: { add: ['CAP_SYS_MODULE'] } }), /CAP_SYS_MODULE/],
  ['all capabilities', web({ capabilities: { add: ['NET_RAW', 'ALL'] } }), /the capability ALL/],
  ['root folder of the node', folder('/'), /with the volume node \(hostPath\) a container could read/],
  ['processes of the node', folder('/proc/'), /the volume node/],
  ['pods of the node', folder('/var/lib/kubelet/pods'), /the volume node/],
  ['folder above them', folder('/var/lib'), /the volume node/],
  ['socket of the runtime', folder('/run/containerd/containerd.sock'), /the volume node/],
];

for (const [what, spec, warning] of EXPOSED)
  t.test(`who makes a pod with a ${what} is warned that it reaches the keys`, async (t) => {
    const { kind, warnings } = await admitted(pod(spec));
    t.equal(kind, 'injected');
    t.equal(warnings.length, 1);
    t.match(warnings[0], warning);
    t.match(warnings[0], /could read the keys of each proxy of its node/);
    t.ok((warnings[0]?.length ?? 0) <= 256, 'API servers cut longer ones');
  });

for (const [what, spec] of [
  ['rights', web({ privileged: false, capabilities: { add: ['NET_BIND_SERVICE', 'SYS_PTRACE'] } })],
  ['volumes', folder('/var/log')],
  ['folder with a name that only begins so', folder('/process')],
] as const)
  t.test(`there is no warning for other ${what}`, async (t) => {
    t.same((await admitted(pod(spec))).warnings, []);
  });
