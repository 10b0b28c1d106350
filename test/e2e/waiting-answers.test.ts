import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { httpStore, startWire, type Wire } from './wire.ts';

/** Answers that are ready before the one in front of them on their connection. */
interface Stand extends Wire {
  readonly client: Socket;
  /** What the client got. */
  readonly got: () => string;
  /** What came to the store. */
  readonly came: readonly string[];
  /** Has the store answer `slow`. */
  readonly release: () => void;
}

async function stand(t: Test, transport: string): Promise<Stand> {
  const came: string[] = [];
  let release = (): void => undefined;
  const store = await httpStore(t, (request, response) => {
    came.push(`${request.method} ${request.url}`);
    if (request.url?.endsWith('slow')) release = () => void response.end('slow');
    else if (request.url?.endsWith('cut'))
      response.writeHead(200, { 'content-length': 1000 }).write('cut', () => response.destroy());
    else response.end('whole');
  });
  const wire = await startWire(t, { ...store, transport });
  const client = net.connect(wire.port, '127.0.0.1').on('error', () => undefined);
  t.teardown(() => client.destroy());
  let got = '';
  client.on('data', (bytes) => {
    got += bytes.toString('latin1');
  });
  return { ...wire, client, got: () => got, came, release: () => release() };
}

function get(name: string, method = 'GET', bucket = 'plain'): string {
  return `${method} /${bucket}/${name} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n`;
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 5));
}

for (const transport of ['direct', 'http-proxy']) {
  t.test(`${transport}: one that breaks off ends the connection in its turn`, async (t) => {
    const { client, got, came, release, log } = await stand(t, transport);
    client.write(get('slow') + get('cut') + get('behind', 'PUT'));
    await until(() => came.length === 2);
    // The store has ended its connection, and the proxy has seen it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.equal(got(), '');
    t.equal(client.destroyed, false);
    release();
    await once(client, 'close');
    t.match(got(), /\r\n\r\nslow/);
    t.same(came, ['GET /plain/slow', 'GET /plain/cut'], 'no write begins behind it');
    await until(() => log.filter(({ msg }) => msg === 'request').length === 2);
    t.match(
      log.find(({ objectKey }) => objectKey === 'cut'),
      { outcome: 'cut', code: 'Truncated' },
    );
  });

  t.test(`${transport}: one has its line in the log when it is out`, async (t) => {
    const { client, got, came, release, log } = await stand(t, transport);
    client.write(get('slow') + get('ready') + get('a', 'GET', 'other'));
    await until(() => came.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.equal(log.filter(({ msg }) => msg === 'request').length, 0);
    release();
    await until(() => log.filter(({ msg }) => msg === 'request').length === 3);
    // A line says that the system has the bytes; the client reads them in a turn of its own.
    await until(() => got().includes('</Error>'));
    t.match(got(), /slow.*whole.*<Error>/s);
    const ready = log.find(({ objectKey }) => objectKey === 'ready');
    t.match(ready, { outcome: 'served', bytesOut: 5 });
    t.ok(Number(ready?.ms) > 50, `${String(ready?.ms)} ms`);
  });

  t.test(`${transport}: of one whose client leaves the log says so`, async (t) => {
    const { client, came, log } = await stand(t, transport);
    client.write(get('slow') + get('ready'));
    await until(() => came.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.destroy();
    await until(() => log.some(({ objectKey }) => objectKey === 'ready'));
    t.match(
      log.find(({ objectKey }) => objectKey === 'ready'),
      { outcome: 'left', bytesOut: 0 },
    );
  });
}
