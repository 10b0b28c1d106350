import t from 'tap';
import { dialectOf } from '../../src/config/dialect.ts';

t.test('OBS is spoken to in its own dialect at its own hosts, unless the config says otherwise', (t) => {
  const own = [
    'obs.eu-west-101.myhuaweicloud.eu',
    'obs.cn-north-4.myhuaweicloud.com',
    'obs.myhuaweicloud.com',
    'obs.eu-de.otc.t-systems.com',
    'obs.eu-ch2.sc.otc.t-systems.com',
  ];
  for (const host of own) {
    t.equal(dialectOf({ provider: 'obs', dialect: undefined }, host), 'obs', host);
    t.equal(dialectOf({ provider: 'obs', dialect: 's3' }, host), 's3', host);
    t.equal(dialectOf({ provider: 'generic', dialect: undefined }, host), 's3', `${host} as generic`);
  }
  for (const host of [
    'localhost',
    'obs.example.org',
    'myhuaweicloud.com.example.org',
    'xmyhuaweicloud.com',
  ]) {
    t.equal(dialectOf({ provider: 'obs', dialect: undefined }, host), 's3', host);
    t.equal(dialectOf({ provider: 'obs', dialect: 'obs' }, host), 'obs', host);
  }
  t.end();
});
