import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { namesOf } from '../../src/listener/certificate-names.ts';
import { clientNames } from '../../src/listener/client-certificate.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import { listen } from '../../src/listener/listen.ts';
import { Load } from '../../src/listener/load.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import type { TlsFailureLine } from '../../src/listener/tls-failures.ts';
import { eventually } from '../e2e/wire.ts';
import { makeAuthority } from '../support/authority.ts';

const PLAIN = {
  host: '127.0.0.1',
  port: 0,
  auth: 'none',
  permissions: { admin: false, grants: [] },
} as const;
type Shown = Readonly<Partial<Record<'cert' | 'key', string>>> & { readonly session?: Buffer };

/** A listener that asks for certificates, and how a client that shows one fares. */
async function asking(t: Test, clientCa: string, place: Pick<ListenerSettings, 'socket' | 'front'> = {}) {
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const load = new Load();
  const failures: TlsFailureLine[] = [];
  load.tls.tell = (line) => void failures.push(line);
  const listener = await listen(
    { ...PLAIN, tls: { ...pair, clientCa }, ...place },
    (request, response) => {
      response.setHeader('connection', 'close');
      response.end(`names: ${[...clientNames(request.socket)].join(' ')}`);
    },
    new ClientConnections(load),
  );
  t.teardown(() => listener.drain(0));
  const show = async (shown: Shown = {}, maxVersion: tls.SecureVersion = 'TLSv1.3') => {
    const lower =
      place.socket?.kind === 'unix'
        ? net.connect(place.socket.path)
        : net.connect(listener.port, '127.0.0.1');
    if (place.front) lower.write('PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\n');
    const socket = tls.connect({ socket: lower, host: '127.0.0.1', ca: pair.ca, maxVersion, ...shown });
    t.teardown(() => socket.destroy());
    let got = '';
    let session: Buffer | undefined;
    socket.on('data', (bytes: Buffer) => (got += bytes.toString())).on('error', () => {});
    socket.on('session', (given: Buffer) => (session = given));
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    return { answer: /names: .*$/.exec(got)?.[0], session, reused: socket.isSessionReused() };
  };
  return { listener, pair, show, failures };
}

t.test('a certificate of the authority is needed, and tells its names', async (t) => {
  const [ours, theirs] = [await makeAuthority(), await makeAuthority()];
  const { show } = await asking(t, ours.ca);
  const good = await ours.issue({
    name: 'backup',
    alternatives: [
      { type: 'dns', value: 'App.example.com' },
      { type: 'url', value: 'spiffe://example.com/a' },
      { type: 'ip', value: '192.0.2.7' },
      { type: 'email', value: 'a@example.com' },
    ],
  });
  const { cert, key } = await makeCertificates({ names: ['backup'], addresses: [] });
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { answer } = await show(good, version);
    t.equal(
      answer,
      'names: DNS:app.example.com URI:spiffe://example.com/a IP:192.0.2.7 email:a@example.com CN:backup',
    );
    for (const [what, bad] of [
      ['none', {}],
      ['one of another authority', await theirs.issue({ name: 'backup' })],
      ['one that has expired', await ours.issue({ days: -1 })],
      ['one for servers', { cert, key }],
    ] as const)
      t.equal((await show(bad, version)).answer, undefined, `${version}: ${what}`);
  }
});

t.test(
  'another authority counts from the next connection on, and no session outlives the old one',
  async (t) => {
    const [old, next] = [await makeAuthority(), await makeAuthority()];
    const { listener, pair, show } = await asking(t, old.ca);
    const [first, second] = [await old.issue({ name: 'old' }), await next.issue({ name: 'new' })];
    listener.setTicketKeys(Buffer.alloc(48, 7));
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      listener.renew({ ...pair, clientCa: old.ca });
      const { session, answer } = await show(first, version);
      t.equal(answer, 'names: CN:old');
      const again = await show({ ...first, ...(session && { session }) }, version);
      t.notOk(again.reused, 'each connection shows its certificate');
      listener.renew({ ...pair, clientCa: next.ca });
      t.equal((await show({ ...first, ...(session && { session }) }, version)).answer, undefined);
      t.equal((await show(second, version)).answer, 'names: CN:new');
    }
  },
);

for (const where of ['tcp', 'unix', 'proxy'] as const) {
  t.test(`a certificate that does not do is told as such: ${where}`, async (t) => {
    const [ours, theirs] = [await makeAuthority(), await makeAuthority()];
    // Short, as the path of a socket has to be.
    const folder = mkdtempSync(join(tmpdir(), 'ssec-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 's3.sock');
    const { show, failures } = await asking(t, ours.ca, {
      ...(where === 'unix' && { socket: { kind: 'unix', path, mode: 0o600 } }),
      ...(where === 'proxy' && {
        front: { proxyProtocol: true, forwardedFor: false, trusted: ['127.0.0.1'] },
      }),
    });
    const { cert, key } = await makeCertificates({ names: ['backup'], addresses: [] });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [what, bad, cause] of [
        ['none', {}, /sent no certificate/],
        ['another authority', await theirs.issue({ name: 'backup' }), /\([A-Z_]+\)$/],
        ['expired', await ours.issue({ days: -1 }), /\(CERT_HAS_EXPIRED\)$/],
        ['for servers', { cert, key }, /\([A-Z_]+\)$/],
      ] as const) {
        failures.splice(0);
        await show(bad, version);
        await eventually(() => failures.length > 0);
        const remote = where === 'tcp' ? '127.0.0.1' : where === 'proxy' ? '192.0.2.7' : undefined;
        t.match(failures, [{ reason: 'client-certificate', cause, remote }], `${version}: ${what}`);
        t.equal(failures.length, 1);
      }
    }
  });
}

t.test('a value that looks like several names is one', async (t) => {
  const { issue } = await makeAuthority();
  const { cert } = await issue({
    name: 'a',
    alternatives: [
      { type: 'url', value: 'http://a/?b, DNS:admin.example.com' },
      { type: 'email', value: 'a"b@example.com, CN:root' },
    ],
  });
  t.strictSame(
    [...namesOf(new X509Certificate(cert))],
    ['URI:http://a/?b, DNS:admin.example.com', 'email:a"b@example.com, CN:root', 'CN:a'],
  );
});
