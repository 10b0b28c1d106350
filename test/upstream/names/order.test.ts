import { isIP } from 'node:net';
import t from 'tap';
import { familiesOf, inOrder } from '../../../src/upstream/names/order.ts';
import { DUAL, interfacesOf } from './machine.ts';

const LO = ['127.0.0.1', '::1'];

t.test('only the families that the machine has are asked for', async (t) => {
  t.strictSame(familiesOf(DUAL), [4, 6]);
  t.strictSame(familiesOf(interfacesOf(...LO, '192.0.2.9')), [4]);
  t.strictSame(familiesOf(interfacesOf(...LO, '2001:db8::9')), [6]);
  t.strictSame(familiesOf(interfacesOf(...LO)), [4, 6], 'a machine with loopback only may have stores there');
  t.strictSame(familiesOf({}), [4, 6]);
});

t.test('the family that this machine reaches is first', async (t) => {
  const cases: Readonly<Record<string, [readonly string[], readonly string[], readonly string[]]>> = {
    'IPv6 before IPv4': [['2001:db8::9'], ['192.0.2.1', '2001:db8::1'], ['2001:db8::1', '192.0.2.1']],
    'IPv4 when there is no IPv6': [[], ['2001:db8::1', '192.0.2.1'], ['192.0.2.1', '2001:db8::1']],
    'IPv4 when IPv6 is of the link only': [
      ['fe80::9'],
      ['2001:db8::1', '192.0.2.1'],
      ['192.0.2.1', '2001:db8::1'],
    ],
    'IPv4 when IPv6 is unique local and the store is not': [
      ['fd00::9'],
      ['2001:db8::1', '192.0.2.1'],
      ['192.0.2.1', '2001:db8::1'],
    ],
    'unique local from unique local': [['fd00::9'], ['192.0.2.1', 'fd00::1'], ['fd00::1', '192.0.2.1']],
    'loopback: IPv6 first': [[], ['127.0.0.1', '::1'], ['::1', '127.0.0.1']],
    'the order of the answer within a family': [
      ['2001:db8::9'],
      ['192.0.2.2', '2001:db8::2', '192.0.2.1', '2001:db8::1'],
      ['2001:db8::2', '2001:db8::1', '192.0.2.2', '192.0.2.1'],
    ],
    '6to4 from 6to4': [['2002:c000:201::9'], ['192.0.2.1', '2002::1'], ['2002::1', '192.0.2.1']],
    'Teredo from elsewhere': [['2001:db8::9'], ['2001:0:1::1', '192.0.2.1'], ['192.0.2.1', '2001:0:1::1']],
  };
  for (const [name, [own, given, wanted]] of Object.entries(cases)) {
    const interfaces = interfacesOf(...LO, '192.0.2.9', ...own);
    const addresses = given.map((address) => ({ address, family: isIP(address) }));
    t.strictSame(
      inOrder(addresses, interfaces).map(({ address }) => address),
      wanted,
      name,
    );
  }
  const without = inOrder(
    [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ],
    interfacesOf('127.0.0.1'),
  );
  t.equal(without[0]?.address, '127.0.0.1', 'no ::1 on this machine');
});
