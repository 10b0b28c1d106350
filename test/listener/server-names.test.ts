import { once } from 'node:events';
import tls from 'node:tls';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { listen } from '../../src/listener/listen.ts';

const PLAIN = {
  host: '127.0.0.1',
  port: 0,
  auth: 'none',
  permissions: { admin: false, grants: [] },
} as const;
const made = (...names: string[]) => makeCertificates({ names, addresses: [] });

t.test('a client gets the certificate that has the name that it asks for', async (t) => {
  const [first, wild, exact] = [
    await made('s3.example.com', 'both.example.com'),
    await made('*.example.com'),
    await made('a.example.com', 'both.example.com'),
  ];
  const tlsOf = (certificates: (typeof first)[]) => ({ ...first, certificates });
  const listener = await listen({ ...PLAIN, tls: tlsOf([wild, exact]) }, (_request, response) =>
    response.end(),
  );
  t.teardown(() => listener.drain(0));
  const authorities = new Map([
    [first.ca, 'first'],
    [wild.ca, 'wild'],
    [exact.ca, 'exact'],
  ]);
  const shown = async (servername: string): Promise<string | undefined> => {
    for (const [ca, name] of authorities) {
      const socket = tls.connect({
        port: listener.port,
        host: '127.0.0.1',
        ca,
        servername,
        checkServerIdentity: () => undefined,
      });
      t.teardown(() => socket.destroy());
      const done = await Promise.race([
        once(socket, 'secureConnect').then(() => true),
        once(socket, 'close').then(() => false),
      ]).catch(() => false);
      if (done) return name;
    }
    return undefined;
  };
  const expected = {
    's3.example.com': 'first',
    'a.example.com': 'exact',
    'A.Example.COM': 'exact',
    'b.example.com': 'wild',
    'both.example.com': 'first',
    'b.a.example.com': 'first',
    'example.com': 'first',
    '': 'first',
    'other.example.org': 'first',
  };
  for (const [name, which] of Object.entries(expected)) t.equal(await shown(name), which, name);
  listener.renew(tlsOf([exact]));
  t.equal(await shown('b.example.com'), 'first', 'one that is gone is not shown');
  t.equal(await shown('a.example.com'), 'exact');
  listener.renew(first);
  t.equal(await shown('a.example.com'), 'first');
});

t.test('a session is resumed whichever certificate it began with', async (t) => {
  const [first, second] = [await made('s3.example.com'), await made('a.example.com')];
  const tlsPair = { ...first, certificates: [second] };
  const listener = await listen({ ...PLAIN, tls: tlsPair }, (_request, response) => response.end('ok'));
  t.teardown(() => listener.drain(0));
  listener.setTicketKeys(Buffer.alloc(48, 7));
  const connect = async (session?: Buffer): Promise<readonly [boolean, Buffer | undefined]> => {
    const socket = tls.connect({
      port: listener.port,
      host: '127.0.0.1',
      servername: 'a.example.com',
      ca: second.ca,
      ...(session && { session }),
    });
    t.teardown(() => socket.destroy());
    let given: Buffer | undefined;
    socket.on('session', (one: Buffer) => (given = one));
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'data');
    return [socket.isSessionReused(), given];
  };
  const [, session] = await connect();
  t.equal((await connect(session))[0], true);
});
