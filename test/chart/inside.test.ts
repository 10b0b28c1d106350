import t from 'tap';
import { isLoopback, parseAddress } from '../../src/config/address.ts';
import { MINIMAL, template } from './helm.ts';

const ADDRESSES = [
  '127.0.0.1:8443',
  '127.8.9.10:8443',
  'localhost:8443',
  'LocalHost:8443',
  '[::1]:8443',
  '[0:0:0:0:0:0:0:1]:8443',
  '[0::0001]:8443',
  '[::ffff:127.0.0.1]:8443',
  '[::FFFF:7f00:1]:8443',
  '[0:0:0:0:0:ffff:127.1.2.3]:8443',
  '0.0.0.0:8443',
  '10.127.0.1:8443',
  '128.0.0.1:8443',
  '[::]:8443',
  '[::1:1]:8443',
  '[1::1]:8443',
  '[::10]:8443',
  '[::ffff:10.0.0.1]:8443',
  '[::ffff:7e00:1]:8443',
  '[::ffff:0:127.0.0.1]:8443',
  'localhost.example.com:8443',
];

for (const address of ADDRESSES) {
  const host = parseAddress(address)?.host ?? '';
  const inside = isLoopback(host);
  t.test(`${address} can${inside ? "'t" : ''} be reached from outside the pod`, (t) => {
    const json = ['--set-json', `config.listen=[{"address":"${address}"}]`];
    const { status, stderr } = template(['-f', MINIMAL, ...json]);
    t.equal(status !== 0, inside, stderr);
    if (inside) t.match(stderr, /no listener can be reached from outside the pod/);
    t.end();
  });
}
