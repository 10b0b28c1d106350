import t from 'tap';
import { forwardedFor } from '../../src/listener/forwarded-for.ts';
import { isTrusted, networkMeant, parseNetwork } from '../../src/listener/trusted.ts';

const TRUSTED = ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'];
const client = (header: string, peer: string | undefined = '10.0.0.1') => forwardedFor(peer, header, TRUSTED);

t.test('the rightmost address that is not trusted counts', (t) => {
  t.equal(client('203.0.113.9'), '203.0.113.9');
  t.equal(client('203.0.113.9, 10.1.1.1'), '203.0.113.9');
  t.equal(client('198.51.100.1, 203.0.113.9, 10.1.1.1,192.0.2.1 , fd00::7'), '203.0.113.9');
  t.equal(client('2001:DB8::0:9'), '2001:db8::9');
  t.equal(client('::ffff:203.0.113.9'), '203.0.113.9');
  t.end();
});

t.test('nobody but a trusted peer is believed', (t) => {
  t.equal(client('203.0.113.9', '198.51.100.7'), '198.51.100.7');
  t.equal(client('203.0.113.9', '::ffff:198.51.100.7'), '::ffff:198.51.100.7');
  t.equal(client('203.0.113.9', '::ffff:10.0.0.1'), '203.0.113.9', 'as a socket for both families has it');
  t.equal(client('203.0.113.9', '192.0.2.2'), '192.0.2.2');
  t.equal(forwardedFor(undefined, '203.0.113.9, 10.1.1.1', TRUSTED), '203.0.113.9', 'by a unix socket');
  t.end();
});

t.test('when all are trusted, it is the first of them', (t) => {
  t.equal(client('10.2.2.2, 10.1.1.1'), '10.2.2.2');
  t.end();
});

t.test('what is not an address ends the walk', (t) => {
  for (const odd of [
    'unknown',
    '203.0.113.9:1234',
    '[2001:db8::9]',
    '[2001:db8::9]:1',
    'fe80::1%eth0',
    '203.0.113',
    '0203.0.113.9',
    '_hidden',
    '"203.0.113.9"',
    '',
    ' ',
    'x'.repeat(60),
    `${' '.repeat(60)}203.0.113.9`,
  ]) {
    t.equal(client(odd), '10.0.0.1', odd);
    t.equal(client(`203.0.113.9, ${odd}`), '10.0.0.1', odd);
    t.equal(client(`203.0.113.9, ${odd}, 10.1.1.1`), '10.1.1.1', odd);
  }
  t.end();
});

t.test('a row of more proxies than anybody has is not walked to its end', (t) => {
  t.equal(client(`203.0.113.9${', 10.1.1.1'.repeat(31)}`), '203.0.113.9');
  t.equal(client(`203.0.113.9${', 10.1.1.1'.repeat(32)}`), '10.1.1.1');
  t.end();
});

t.test('a network is an address, or one with a prefix', (t) => {
  t.match(parseNetwork('10.0.0.0/8'), { family: 'ipv4', prefix: 8 });
  t.match(parseNetwork('::1'), { family: 'ipv6', prefix: 128 });
  t.match(parseNetwork('0.0.0.0/0'), { prefix: 0 });
  for (const text of [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0/8',
    '::/129',
    'a/8',
    '10.0.0.0/8/8',
    '',
  ])
    t.equal(parseNetwork(text), undefined, text);
  t.notOk(isTrusted('not an address', TRUSTED));
  t.end();
});

t.test('an address with the length of a network is found out', (t) => {
  for (const [text, meant] of [
    ['10.0.0.1/8', '10.0.0.0/8'],
    ['192.0.2.7/31', '192.0.2.6/31'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['fd00:1::7/64', 'fd00:1::/64'],
    ['::ffff:192.0.2.7/120', '::ffff:192.0.2.0/120'],
    ['2001:db8:1:2:3:4:5:6/33', '2001:db8::/33'],
  ] as const)
    t.equal(networkMeant(text), meant, text);
  for (const text of [
    '10.0.0.0/8',
    '10.0.0.1',
    '10.0.0.1/32',
    '0.0.0.0/0',
    '::/0',
    '::1',
    'fd00::/8',
    '::ffff:0:0/96',
    'none',
  ])
    t.equal(networkMeant(text), undefined, text);
  t.end();
});
