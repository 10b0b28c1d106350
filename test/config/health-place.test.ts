import t from 'tap';
import { healthPlace } from '../../src/config/health-place.ts';

const CASES: readonly (readonly [name: string, config: string, place: object])[] = [
  ['by default', 'rules: []', { kind: 'admin', address: { host: '127.0.0.1', port: 8990 }, tls: false }],
  [
    'every address is loopback too',
    'admin: { address: "0.0.0.0:9000" }',
    { kind: 'admin', address: { host: '127.0.0.1', port: 9000 }, tls: false },
  ],
  [
    'every IPv6 address as well',
    'admin: { address: "[::]:9000" }',
    { kind: 'admin', address: { host: '::1', port: 9000 }, tls: false },
  ],
  [
    'one address and TLS, whatever else is wrong, and without its files',
    'admin: { address: "10.1.2.3:9000", tls: { cert: /none, key: /none }, token: { file: /none } }\nrules: 7\nmore: 1',
    { kind: 'admin', address: { host: '10.1.2.3', port: 9000 }, tls: true },
  ],
  [
    'off: the first listener that has a place of its own',
    'admin: off\nlisten: [{ address: "systemd:s3" }, { address: "0.0.0.0:8443" }, { address: "unix:/run/s3.sock" }]',
    { kind: 'listener', place: { kind: 'address', host: '127.0.0.1', port: 8443 } },
  ],
  [
    'off: a unix socket',
    'admin: { address: off }\nlisten: [{ address: "unix:/run/s3.sock" }]',
    { kind: 'listener', place: { kind: 'unix', path: '/run/s3.sock' } },
  ],
  [
    'off, and systemd has the listener',
    'admin: off\nlisten: [{ address: "systemd:s3" }]',
    { kind: 'nowhere' },
  ],
  ['off, without listeners', 'admin: off', { kind: 'nowhere' }],
];

for (const [name, config, place] of CASES)
  t.test(`tells where a proxy is asked: ${name}`, (t) => {
    t.match(healthPlace(config, 'c.yaml'), place);
    t.end();
  });

const MISTAKES: readonly (readonly [config: string, why: RegExp])[] = [
  ['admin: [', /\(c\.yaml:\d+:\d+\)/],
  ['', /c\.yaml/],
  ['- 1', /c\.yaml is not a config/],
  ['admin: 7', /admin\.address has a mistake; ssec-proxy check c\.yaml/],
  ['admin: { address: here }', /admin\.address has a mistake/],
  ['admin: { address: "127.0.0.1:0" }', /leaves the port to the system/],
];

t.test('says why a config does not tell it', (t) => {
  for (const [config, why] of MISTAKES)
    t.match(healthPlace(config, 'c.yaml'), { kind: 'nowhere', why }, config);
  t.end();
});
