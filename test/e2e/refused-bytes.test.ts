import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from './process.ts';
import { eventually, httpStore } from './wire.ts';

const HOST = 'Host: localhost\r\n';

/** What the parser refuses, and what its log line says. */
const BYTES: Readonly<Record<string, readonly [bytes: string, code: string, cause: RegExp]>> = {
  'a byte that no header may have': [
    `GET / HTTP/1.1\r\n${HOST}x: \x01\r\n\r\n`,
    'BadRequest',
    /HPE_INVALID_HEADER/,
  ],
  'a method that is none': [`FOO BAR\r\n\r\n`, 'BadRequest', /HPE_INVALID_METHOD/],
  'two framings of one body': [
    `PUT /plain/a HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
    'BadRequest',
    /HPE_/,
  ],
  'a head that is too long': [
    `GET / HTTP/1.1\r\n${HOST}x: ${'y'.repeat(33_000)}\r\n\r\n`,
    'BadRequest',
    /HPE_HEADER_OVERFLOW/,
  ],
  'a tunnel': [`CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`, 'BadRequest', /CONNECT/],
  'too many headers': [
    `GET / HTTP/1.1\r\n${HOST}${'x: y\r\n'.repeat(3001)}\r\n`,
    'RequestHeaderSectionTooLarge',
    /more than 3000/,
  ],
};

t.test('what the parser refuses has its line in the log and in the audit log, and is counted', async (t) => {
  const store = await httpStore(t, (_, response) => void response.end());
  const files = serveFiles(store.port);
  const folder = await folderOf(t, files);
  const audit = join(folder, 'audit.log');
  const config = join(folder, 'config.yaml');
  await writeFile(config, `${String(files['config.yaml'])}\naudit: { to: ${audit} }\n`, { mode: 0o600 });
  const program = runProgram(t, ['serve', config], SERVE_ENV);
  const said = await program.until(/"msg":"serving"/);
  const { port } = new URL(/"listen":\["([^"]+)"/.exec(said)?.[1] ?? '');
  for (const [name, [bytes, code, cause]] of Object.entries(BYTES)) {
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.write(bytes, 'latin1');
    const answer = await text(socket);
    t.match(answer, /^date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r$/m, 'clients set their clocks by it');
    const id = /^x-amz-request-id: (\w{16})\r$/m.exec(answer)?.[1] ?? 'none';
    t.match(answer, `<Code>${code}</Code>`, name);
    const lineIn = (lines: string): Record<string, unknown> =>
      JSON.parse(lines.split('\n').find((line) => line.includes(`"id":"${id}"`)) ?? '{}') as Record<
        string,
        unknown
      >;
    await eventually(
      () => program.stdout().includes(`${id}"`) && readFileSync(audit, 'utf8').includes(`${id}"`),
    );
    const line = { status: 400, outcome: 'refused', code, cause, remote: '127.0.0.1' };
    t.match(lineIn(program.stdout()), { ...line, msg: 'request', level: 'info' }, name);
    t.match(lineIn(readFileSync(audit, 'utf8')), { ...line, event: 'request' }, name);
  }
  const admin = /"admin":(\d+)/.exec(program.stdout())?.[1] ?? '';
  const metrics = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
  t.match(metrics, /^ssec_proxy_requests_total\{op="unknown",status="400"\} 6$/m);
  t.same(store.requests, []);
});
