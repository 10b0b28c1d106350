import t from 'tap';
import { presign, sign } from '../../src/sigv4/sign.ts';
import { codeOf } from '../support/failure.ts';
import { CLIENT, NOW, REGION, verifySent } from '../support/signed.ts';

const BY = { credentials: CLIENT, region: REGION, now: NOW };
const HOST = { host: 'proxy.test' };
const ACTED_UPON = [
  'x-obs-persistent-headers',
  'x-obs-grant-read-delivered',
  'x-obs-grant-full-control-delivered',
];
const HARMLESS = ['x-obs-traffic-limit', 'x-obs-checksum-crc64ecma', 'x-obs-bucket-type', 'x-obs-nothing'];

t.test('a link of SigV4 takes no header upon which OBS acts, unless it is signed', async (t) => {
  const rawTarget = presign({ method: 'PUT', path: '/b0b/k', host: HOST.host }, BY);
  const opened = (headers: Record<string, string>): string =>
    codeOf(() => verifySent({ method: 'PUT', rawTarget, headers: { ...HOST, ...headers } }));
  t.equal(opened({}), 'ok');
  for (const name of [...ACTED_UPON, 'x-obs-expires', 'x-obs-fs-file-interface'])
    t.equal(opened({ [name]: '1' }), 'AccessDenied', name);
  for (const name of HARMLESS) t.equal(opened({ [name]: '1' }), 'ok', name);
});

t.test('a signature of SigV4 in a header covers them, but for what SDKs send beside it', async (t) => {
  const signed = { ...HOST, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const asked = (covered: Record<string, string>, more: Record<string, string> = {}): string => {
    const headers = { ...signed, ...covered };
    const signature = sign({ method: 'PUT', path: '/b0b/k', headers }, BY);
    return codeOf(() =>
      verifySent({ method: 'PUT', rawTarget: '/b0b/k', headers: { ...headers, ...signature, ...more } }),
    );
  };
  for (const name of ACTED_UPON) {
    t.equal(asked({ [name]: '1' }), 'ok', name);
    t.equal(asked({}, { [name]: '1' }), 'AccessDenied', name);
  }
  for (const name of [...HARMLESS, 'x-obs-expires', 'x-obs-az-redundancy'])
    t.equal(asked({}, { [name]: '1' }), 'ok', name);
});
