import t from 'tap';
import { parseProxyHeader } from '../../src/listener/proxy-header.ts';
import { binaryHeader, FAMILY } from '../support/proxy-headers.ts';

const text = (line: string) => parseProxyHeader(Buffer.from(line, 'latin1'));

t.test('reads the client of a header of version 1', (t) => {
  t.strictSame(text('PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nGET /'), {
    kind: 'whole',
    length: 45,
    address: '192.0.2.7',
  });
  t.match(text('PROXY TCP6 2001:DB8:0:0::1 ::1 65535 0\r\n'), { kind: 'whole', address: '2001:db8::1' });
  t.match(
    text('PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n'),
    { address: '192.0.2.7' },
    'an IPv4 address is one',
  );
  t.end();
});

t.test('UNKNOWN is a connection of the sender itself, whatever follows', (t) => {
  for (const rest of ['', ' ', ' 192.0.2.7 ::1 1 2', ' ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff x'])
    t.match(text(`PROXY UNKNOWN${rest}\r\n`), { kind: 'whole', address: undefined }, rest);
  t.end();
});

t.test('a header of version 1 that is not exactly as specified is malformed', (t) => {
  for (const line of [
    'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443 \r\n',
    'PROXY  TCP4 192.0.2.7 198.51.100.1 56324 443\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 056324 443\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 +1 443\r\n',
    'PROXY TCP4 192.0.2.07 198.51.100.1 1 443\r\n',
    'PROXY TCP4 192.0.2 198.51.100.1 1 443\r\n',
    'PROXY TCP4 ::1 ::2 1 443\r\n',
    'PROXY TCP6 192.0.2.7 198.51.100.1 1 443\r\n',
    'PROXY TCP6 fe80::1%eth0 ::1 1 443\r\n',
    'PROXY TCP5 192.0.2.7 198.51.100.1 1 443\r\n',
    'PROXY UDP4 192.0.2.7 198.51.100.1 1 443\r\n',
    'PROXY tcp4 192.0.2.7 198.51.100.1 1 443\r\n',
    'PROXY TCP4 192.0.2.7 198.51.100.1 1 443\n\r\n',
    'PROXY TCP4\t192.0.2.7 198.51.100.1 1 443\r\n',
    'PROXY UNKNOWNX\r\n',
    'PROXY UNKNOWN \x00\r\n',
    'PROXY UNKNOWN \xe9\r\n',
    `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`,
    `PROXY TCP4 ${'1'.repeat(200)}`,
    'PROXY\r\n',
    'PROXY \r\n',
    'proxy TCP4 192.0.2.7 198.51.100.1 1 443\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    ' PROXY UNKNOWN\r\n',
    '\x16\x03\x01\x02',
  ])
    t.equal(text(line).kind, 'malformed', JSON.stringify(line));
  t.equal(text(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`).kind, 'whole', '107 bytes');
  t.end();
});

t.test('reads the client of a header of version 2', (t) => {
  const ipv4 = binaryHeader({ family: FAMILY.ipv4, address: '192.0.2.7' });
  t.strictSame(parseProxyHeader(ipv4), { kind: 'whole', length: 28, address: '192.0.2.7' });
  t.strictSame(parseProxyHeader(Buffer.concat([ipv4, Buffer.from('GET /')])), {
    kind: 'whole',
    length: 28,
    address: '192.0.2.7',
  });
  t.match(parseProxyHeader(binaryHeader({ family: FAMILY.ipv6, address: '2001:db8::1' })), {
    length: 52,
    address: '2001:db8::1',
  });
  t.match(parseProxyHeader(binaryHeader({ family: FAMILY.ipv6, address: '::ffff:c000:207' })), {
    address: '192.0.2.7',
  });
  t.match(parseProxyHeader(binaryHeader({ family: FAMILY.unix })), { length: 232, address: undefined });
  t.match(parseProxyHeader(binaryHeader({ family: FAMILY.unspecified, more: Buffer.alloc(9) })), {
    length: 25,
    address: undefined,
  });
  t.end();
});

t.test('LOCAL is a connection of the sender itself, of whatever family', (t) => {
  for (const family of [0x00, 0x11, 0x12, 0x21, 0x31, 0xff])
    t.match(parseProxyHeader(binaryHeader({ command: 0x20, family, address: '192.0.2.7' })), {
      kind: 'whole',
      address: undefined,
    });
  t.end();
});

t.test('fields behind the addresses are skipped when they are whole', (t) => {
  const field = (length: number, value = length) =>
    Buffer.concat([Buffer.from([0xee, length >> 8, length & 255]), Buffer.alloc(value)]);
  const kind = (more: Buffer) =>
    parseProxyHeader(binaryHeader({ family: FAMILY.ipv4, address: '192.0.2.7', more })).kind;
  t.equal(kind(field(0)), 'whole');
  t.equal(kind(Buffer.concat([field(4), field(300)])), 'whole');
  t.equal(kind(field(4, 3)), 'malformed', 'longer than what is there');
  t.equal(kind(Buffer.from([1, 0])), 'malformed');
  t.equal(kind(Buffer.from([1])), 'malformed');
  t.equal(kind(field(2033)), 'whole', 'as long as one may be');
  t.equal(kind(field(2034)), 'malformed', 'longer than one may be');
  t.end();
});

t.test('a header of version 2 that is not exactly as specified is malformed', (t) => {
  const broken = (at: number, value: number) => {
    const bytes = binaryHeader({ family: FAMILY.ipv4, address: '192.0.2.7' });
    bytes[at] = value;
    return parseProxyHeader(bytes).kind;
  };
  for (let at = 0; at < 12; at += 1) t.equal(broken(at, 0x99), 'malformed', `signature at ${at}`);
  for (const command of [0x01, 0x11, 0x22, 0x2f, 0x31, 0xff]) t.equal(broken(12, command), 'malformed');
  for (const family of [0x10, 0x12, 0x13, 0x20, 0x22, 0x32, 0x41, 0x01, 0xff])
    t.equal(broken(13, family), 'malformed', `family ${family}`);
  t.equal(broken(15, 11), 'malformed', 'no room for its addresses');
  t.equal(broken(14, 0xff), 'malformed', 'too long, before it is there');
  t.end();
});

t.test('asks for more until the header is whole, and not for one byte more', (t) => {
  for (const whole of [
    Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n'),
    binaryHeader({ family: FAMILY.ipv6, address: '2001:db8::1' }),
    binaryHeader({ command: 0x20, family: 0 }),
  ]) {
    for (let length = 0; length < whole.length; length += 1)
      t.equal(parseProxyHeader(whole.subarray(0, length)).kind, 'more', `${length} bytes`);
    t.equal(parseProxyHeader(whole).kind, 'whole');
  }
  t.end();
});
