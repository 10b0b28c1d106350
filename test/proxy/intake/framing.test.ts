import t from 'tap';
import { checkFraming } from '../../../src/proxy/intake/framing.ts';
import { withExchange } from '../../support/exchange.ts';
import { codeOf } from '../../support/failure.ts';

const GOOD = 'GET /b/k HTTP/1.1\r\nHost: h\r\n';

/** The code with which a head is refused, or `ok`, and whether its connection ends. */
async function framingOf(head: string): Promise<readonly [code: string, close: boolean]> {
  let outcome: readonly [string, boolean] = ['not seen', false];
  await withExchange(`${head}\r\n`, async ({ exchange }) => {
    const code = codeOf(() => checkFraming(exchange));
    outcome = [code, exchange.close];
  });
  return outcome;
}

t.test('takes what every reader takes for the same request', async (t) => {
  for (const head of [
    GOOD,
    'GET /b/k HTTP/1.0\r\n',
    `${GOOD}Content-Length: 0\r\n`,
    `${GOOD}Content-Length: 5000000000000\r\n`,
    `${GOOD}Transfer-Encoding: CHUNKED\r\n`,
    `${GOOD}x-amz-meta-under_score: 1\r\nx_request_id: 1\r\n`,
  ])
    t.same(await framingOf(head), ['ok', false], head);
});

t.test('refuses what two readers could take for different requests, and ends the connection', async (t) => {
  for (const [code, head] of [
    ['BadRequest', `${GOOD}Host: h\r\n`],
    ['InvalidURI', 'GET http://h/b/k HTTP/1.1\r\nHost: h\r\n'],
    ['InvalidURI', 'OPTIONS * HTTP/1.1\r\nHost: h\r\n'],
    ['InvalidURI', 'GET /b/k#fragment HTTP/1.1\r\nHost: h\r\n'],
    ['BadRequest', 'GET /b/k HTTP/0.9\r\nHost: h\r\n'],
    ['BadRequest', `${GOOD}Transfer-Encoding: gzip, chunked\r\n`],
    ['BadRequest', `${GOOD}Content-Length: 010\r\n`],
    ['BadRequest', `${GOOD}Content-Length: 9007199254740993\r\n`],
    ['BadRequest', `${GOOD}Content_Length: 1\r\n`],
    ['BadRequest', `${GOOD}Transfer_Encoding: chunked\r\n`],
    ['BadRequest', `${GOOD}x_amz_copy_source: /b/other\r\n`],
    ['BadRequest', `${GOOD}x-amz-copy_source: /b/other\r\n`],
    ['BadRequest', `${GOOD}x_amz_meta_a: 1\r\n`],
    ['BadRequest', `${GOOD}if_match: x\r\n`],
  ] as const)
    t.same(await framingOf(head), [code, true], head);
});
