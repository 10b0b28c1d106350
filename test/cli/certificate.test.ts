import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const FOR = { names: ['localhost', 's3.proxy.test'], addresses: ['127.0.0.1', '::1'] };

t.test('makes a server certificate for the names and addresses, signed by the authority', async (t) => {
  const { ca, cert, key } = await makeCertificates({ ...FOR, now: NOW });
  const [authority, server] = [new X509Certificate(ca), new X509Certificate(cert)];
  t.ok(authority.ca);
  t.ok(authority.verify(authority.publicKey));
  t.notOk(server.ca);
  t.ok(server.verify(authority.publicKey));
  t.ok(server.checkIssued(authority));
  for (const name of FOR.names) t.equal(server.checkHost(name), name);
  for (const address of FOR.addresses) t.ok(server.checkIP(address), address);
  t.equal(server.checkHost('elsewhere.test'), undefined);
  t.match(key, /^-----BEGIN PRIVATE KEY-----\n/);
});

t.test('lets it hold for 30 days, and begin a day early for clocks that are off', async (t) => {
  const { ca, cert } = await makeCertificates({ ...FOR, now: NOW });
  for (const pem of [ca, cert]) {
    const certificate = new X509Certificate(pem);
    t.equal(certificate.validFromDate.toISOString(), '2026-05-31T12:00:00.000Z');
    t.equal(certificate.validToDate.toISOString(), '2026-07-01T12:00:00.000Z');
  }
});

t.test('makes another authority each time', async (t) => {
  const [one, two] = [await makeCertificates(FOR), await makeCertificates(FOR)];
  t.notOk(new X509Certificate(two.cert).verify(new X509Certificate(one.ca).publicKey));
  t.not(new X509Certificate(one.cert).serialNumber, new X509Certificate(two.cert).serialNumber);
});

t.test('serves TLS to who trusts the authority, and to nobody else', async (t) => {
  const { ca, cert, key } = await makeCertificates(FOR);
  const server = tls
    .createServer({ cert, key }, (socket) => socket.end('hello'))
    .on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = tls.connect({ port, host: '127.0.0.1', servername: 's3.proxy.test', ca });
  const [greeting] = (await once(client, 'data')) as [Buffer];
  t.equal(greeting.toString(), 'hello');
  client.destroy();
  const stranger = tls.connect({ port, host: '127.0.0.1', servername: 's3.proxy.test' });
  await t.rejects(once(stranger, 'secureConnect'), /certificate/);
});
