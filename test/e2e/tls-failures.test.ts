import { spawn } from 'node:child_process';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import t from 'tap';
import { startStand } from './support.ts';
import { eventually } from './wire.ts';

/** What a client does at a listener with TLS, by the reason that it is counted by. */
const FAILS: Readonly<Record<string, (port: number) => Promise<unknown>>> = {
  // OpenSSL says why it does not go on, as most clients do.
  untrusted: (port) => {
    const args = ['s_client', '-verify_return_error', '-connect', `127.0.0.1:${port}`];
    return once(spawn('openssl', args, { stdio: 'ignore' }), 'close');
  },
  // Node.js looks at the certificate when the handshake is done, and just leaves.
  left: (port) => {
    const request = https.get({ host: '127.0.0.1', port, agent: false }).on('error', () => undefined);
    return new Promise((resolve) => request.once('close', resolve));
  },
  'plain-http': (port) => {
    const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    return once(socket.resume(), 'close');
  },
};

t.test('a TLS handshake that fails is in the metrics, the log and the status', async (t) => {
  const { proxy, log } = await startStand(t);
  const { port } = new URL(proxy.urls[0] ?? '');
  const told = async (path: string): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${proxy.adminPort}/${path}`)).text();
  for (const [reason, fail] of Object.entries(FAILS)) {
    t.match(await told('metrics'), `ssec_proxy_tls_failures_total{reason="${reason}"} 0\n`, reason);
    await fail(Number(port));
    await eventually(() => log.some((line) => line.reason === reason));
    t.match(
      log.find((line) => line.reason === reason),
      { level: 'warn', msg: 'a TLS handshake failed', remote: '127.0.0.1', cause: /./ },
    );
    t.match(await told('metrics'), `ssec_proxy_tls_failures_total{reason="${reason}"} 1\n`, reason);
  }
  const { findings } = JSON.parse(await told('status')) as { findings: { fault: string; fix: string }[] };
  const faults = findings.filter(({ fault }) => fault === 'client-tls');
  t.equal(faults.length, Object.keys(FAILS).length);
  for (const { fix } of faults) t.match(fix, /./);
  t.match(await told('readyz?verbose'), /^warn clients: Clients do not trust/m);
});
