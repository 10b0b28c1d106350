// For nginx's njs: Signature Version 4 of requests to the store, with the SSE-C headers among what is signed. The key of
// today is made when nginx starts, as nothing that a request computes outlives it.
import crypto from 'crypto';

const REGION = process.env.BENCH_REGION;
const ACCESS_KEY_ID = process.env.BENCH_ACCESS_KEY_ID;
const SECRET = process.env.BENCH_SECRET;
const HOST = process.env.BENCH_HOST;
const SSEC = [
  ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
  ['x-amz-server-side-encryption-customer-key', process.env.BENCH_SSEC_KEY],
  ['x-amz-server-side-encryption-customer-key-md5', process.env.BENCH_SSEC_KEY_MD5],
];
const SSEC_LINES = SSEC.map((pair) => `${pair[0]}:${pair[1]}\n`).join('');
const SIGNED = `host;x-amz-content-sha256;x-amz-date;${SSEC.map((pair) => pair[0]).join(';')}`;

const STARTED = timestamp();
const FIRST = { day: STARTED.slice(0, 8), key: signingKey(STARTED.slice(0, 8)) };

export default { date, authorization };

function date() {
  return timestamp();
}

function authorization(request) {
  const now = request.variables.amz_date;
  const day = now.slice(0, 8);
  const scope = `${day}/${REGION}/s3/aws4_request`;
  const uri = request.variables.request_uri;
  const mark = uri.indexOf('?');
  const path = mark < 0 ? uri : uri.slice(0, mark);
  const parameters = mark < 0 ? [] : uri.slice(mark + 1).split('&');
  parameters.sort();
  const canonical = `${request.method}\n${path}\n${parameters.join('&')}\nhost:${HOST}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${now}\n${SSEC_LINES}\n${SIGNED}\nUNSIGNED-PAYLOAD`;
  const hash = crypto.createHash('sha256').update(canonical).digest('hex');
  const key = day === FIRST.day ? FIRST.key : signingKey(day);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${scope}\n${hash}`).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY_ID}/${scope}, SignedHeaders=${SIGNED}, Signature=${signature}`;
}

function timestamp() {
  return `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}

function signingKey(day) {
  return ['s3', 'aws4_request'].reduce(
    (key, text) => hmac(key, text).digest(),
    hmac(hmac(`AWS4${SECRET}`, day).digest(), REGION).digest(),
  );
}

function hmac(key, text) {
  return crypto.createHmac('sha256', key).update(text);
}
