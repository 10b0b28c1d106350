import t from 'tap';
import { admitted, pod } from './fixture.ts';

type Spec = Parameters<typeof pod>[0];
type Amounts = Readonly<Record<string, string>>;

const web = (requests: Amounts, resources: object, more: Spec = {}): Spec => ({
  containers: [{ name: 'web', resources: { requests } }],
  resources,
  ...more,
});

const REFUSED: readonly (readonly [string, Spec, RegExp])[] = [
  [
    'a limit of memory below that of the sidecar',
    web({}, { limits: { memory: '64Mi' } }),
    /limits its memory to 64Mi \(spec\.resources\), and the proxy of the profile app may take 512Mi/,
  ],
  [
    'requests that leave no room for the sidecar',
    web({ memory: '256Mi' }, { requests: { memory: '256Mi' }, limits: { memory: '2Gi' } }),
    /requests 256Mi of memory \(spec\.resources\), too little for its containers with 128Mi for the proxy of the profile app; write requests/,
  ],
  [
    'too little CPU',
    web({ cpu: '1' }, { requests: { cpu: '1040m' } }),
    /too little for its containers with 50m/,
  ],
  [
    'too little while an init container runs',
    web(
      {},
      { requests: { cpu: '100m' } },
      { initContainers: [{ name: 'i', resources: { requests: { cpu: '60m' } } }] },
    ),
    /requests 100m of cpu/,
  ],
  [
    'too little beside another sidecar',
    web(
      { cpu: '10m' },
      { requests: { cpu: '100m' } },
      { initContainers: [{ name: 'i', restartPolicy: 'Always', resources: { requests: { cpu: '41m' } } }] },
    ),
    /requests 100m of cpu/,
  ],
];

for (const [what, spec, message] of REFUSED)
  t.test(`a pod with ${what} is refused, and told of the profile`, async (t) => {
    const { kind, message: said } = await admitted(pod(spec));
    t.equal(kind, 'refused');
    t.match(said, message);
  });

t.test(
  'a pod whose amounts have room gets its proxy, and one with quantities of other forms too',
  async (t) => {
    const requests = { cpu: '150m', memory: '384Mi' };
    for (const resources of [
      { requests, limits: { memory: '512Mi' } },
      { requests: { ...requests, 'hugepages-2Mi': '2Mi' } },
      { limits: { memory: '1e9' } },
      { limits: { cpu: '1m' } },
      {},
    ])
      t.equal((await admitted(pod(web({ cpu: '100m', memory: '256Mi' }, resources)))).kind, 'injected');
    const one = { resources: { requests: { cpu: '100m' } } };
    const initContainers = [
      { name: 'a', ...one },
      { name: 'b', ...one },
    ];
    const { pod: after } = await admitted(pod(web({ cpu: '100m' }, { requests }, { initContainers })));
    t.equal(after.spec.initContainers.length, 3);
    t.equal((await admitted(after)).kind, 'left');
  },
);
