import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** What a DNS server does with a question. */
export type Reply =
  | {
      readonly A?: readonly string[];
      readonly AAAA?: readonly string[];
      readonly CNAME?: string;
      readonly ttl?: number;
      readonly delay?: number;
      /** The answer over UDP says that it is cut off; TCP has all of it. */
      readonly truncated?: boolean;
    }
  | 'NXDOMAIN'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'hang';

export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

export interface DnsServer {
  readonly port: number;
  /** In the order in which they came. One that comes again, since its answer was not seen soon enough, is the same. */
  readonly questions: readonly (Question & { readonly over: 'udp' | 'tcp' })[];
  /** How often each name was asked for, by `name type`. */
  count(name: string, type?: 'A' | 'AAAA'): number;
}

interface Owner {
  teardown(end: () => unknown): void;
}

/** A DNS server of the test's own, over UDP and TCP on loopback. */
export async function dnsServer(
  t: Owner,
  reply: (question: Question) => Reply,
  { address = '127.0.0.1', port = 0 } = {},
): Promise<DnsServer> {
  const questions: (Question & { over: 'udp' | 'tcp' })[] = [];
  const seen = new Set<string>();
  const take = (message: Buffer, over: 'udp' | 'tcp', send: (answer: Buffer) => void): void => {
    const question = questionIn(message);
    const known = `${message.readUInt16BE(0)} ${question.name} ${question.type} ${over}`;
    if (!seen.has(known)) questions.push({ ...question, over });
    seen.add(known);
    const said = reply(question);
    if (said === 'hang') return;
    const answer = answerTo(message, question, said, over);
    if (typeof said === 'object' && said.delay) setTimeout(send, said.delay, answer);
    else send(answer);
  };
  const tcpServer = (): Server =>
    createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data: Buffer) => {
        for (let at = 0; at + 2 <= data.length; at += 2 + data.readUInt16BE(at)) {
          const message = data.subarray(at + 2, at + 2 + data.readUInt16BE(at));
          take(message, 'tcp', (answer) => {
            const length = Buffer.alloc(2);
            length.writeUInt16BE(answer.length);
            socket.write(Buffer.concat([length, answer]));
          });
        }
      });
    });
  const { tcp, udp } = await bothOn(address, port, tcpServer);
  let closed = false;
  udp.on('message', (message, from) =>
    take(message, 'udp', (answer) => {
      if (!closed) udp.send(answer, from.port, from.address);
    }),
  );
  t.teardown(() => {
    closed = true;
    udp.close();
    tcp.close();
  });
  return {
    port: udp.address().port,
    questions,
    count: (name, type) =>
      questions.filter((each) => each.name === name && (type === undefined || each.type === type)).length,
  };
}

/** A port that is free for UDP may be in use for TCP, and the other way round: then another one is taken. */
async function bothOn(
  address: string,
  port: number,
  tcpServer: () => Server,
): Promise<{ readonly tcp: Server; readonly udp: Socket }> {
  for (let tries = 0; ; tries += 1) {
    const udp = createSocket('udp4');
    const tcp = tcpServer();
    try {
      await listening(udp, () => udp.bind(port, address));
      await listening(tcp, () => tcp.listen(udp.address().port, address));
      return { tcp, udp };
    } catch (error) {
      udp.close();
      if (port !== 0 || tries === 20) throw error;
    }
  }
}

async function listening(what: Socket | Server, begin: () => void): Promise<void> {
  const ready = once(what, 'listening');
  begin();
  await ready;
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28 };
const CODES = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 };

function questionIn(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1) === TYPES.AAAA ? 'AAAA' : 'A' };
}

function answerTo(
  message: Buffer,
  { name, type }: Question,
  said: Exclude<Reply, 'hang'>,
  over: 'udp' | 'tcp',
): Buffer {
  const cut = typeof said === 'object' && said.truncated === true && over === 'udp';
  const records = typeof said === 'string' || cut ? [] : recordsOf(name, type, said);
  const head = Buffer.from(message.subarray(0, 12));
  // An answer, recursion available; the question is repeated, without what EDNS has behind it.
  head.writeUInt16BE((cut ? 0x8380 : 0x8180) | (typeof said === 'string' ? CODES[said] : 0), 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const question = message.subarray(12, 12 + encoded(name).length + 4);
  return Buffer.concat([head, question, ...records]);
}

function recordsOf(name: string, type: 'A' | 'AAAA', reply: Exclude<Reply, string>): Buffer[] {
  const ttl = reply.ttl ?? 60;
  const owner = reply.CNAME ?? name;
  const bytesOf = type === 'A' ? bytesOf4 : bytesOf6;
  return [
    ...(reply.CNAME === undefined ? [] : [record(name, TYPES.CNAME, ttl, encoded(reply.CNAME))]),
    ...(reply[type] ?? []).map((address) => record(owner, TYPES[type], ttl, bytesOf(address))),
  ];
}

function record(owner: string, type: number, ttl: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encoded(owner), fixed, data]);
}

function encoded(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function bytesOf4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** With `::` once, as the tests write them. */
function bytesOf6(address: string): Buffer {
  const [front = '', back = ''] = address.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((g) => parseInt(g, 16)));
  const zeros = Array.from({ length: 8 - groups(front).length - groups(back).length }, () => 0);
  const bytes = Buffer.alloc(16);
  [...groups(front), ...zeros, ...groups(back)].forEach((group, i) => {
    bytes.writeUInt16BE(group, i * 2);
  });
  return bytes;
}
