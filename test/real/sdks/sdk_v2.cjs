// Does with version 2 of the SDK for JavaScript what its users do by default, and prints a line for each thing that worked.
const { createRequire } = require('node:module');
const { randomBytes } = require('node:crypto');
const https = require('node:https');
const http = require('node:http');

const AWS = createRequire(`${process.env.SDK_FOLDER}/`)('aws-sdk');

const PART = 5 << 20;
const Bucket = process.env.S3_BUCKET;

function client(endpoint) {
  const agent = endpoint.startsWith('https:') ? new https.Agent({ keepAlive: true }) : undefined;
  return new AWS.S3({
    endpoint,
    s3ForcePathStyle: true,
    signatureVersion: 'v4',
    httpOptions: agent ? { agent } : {},
  });
}

function same(name, got, body) {
  if (!body.equals(got)) throw new Error(`${name}: other bytes came back`);
  console.log(name);
}

async function multipart(s3, Key, Body) {
  await s3.upload({ Bucket, Key, Body }, { partSize: PART }).promise();
  return (await s3.getObject({ Bucket, Key }).promise()).Body;
}

/** What answers to a link: status, headers and body. */
function ask(url, method, headers = {}, body) {
  return new Promise((resolve, reject) => {
    const module = url.startsWith('https:') ? https : http;
    const request = module.request(url, { method, headers }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    request.on('error', reject).end(body);
  });
}

async function links(s3, body) {
  // Names of HTTP headers stand in the query of these links, as every tutorial has it.
  const put = { Bucket, Key: 'js2-link', ContentType: 'text/x-link', CacheControl: 'no-store', Expires: 600 };
  const headers = { 'content-type': 'text/x-link', 'cache-control': 'no-store' };
  const stored = await ask(s3.getSignedUrl('putObject', put), 'PUT', headers, body);
  if (stored.status !== 200) throw new Error(`link to write: ${stored.status} ${stored.body}`);
  const get = { Bucket, Key: 'js2-link', ResponseContentDisposition: 'attachment; filename="ü.txt"' };
  const got = await ask(s3.getSignedUrl('getObject', get), 'GET');
  if (got.status !== 200) throw new Error(`link to read: ${got.status} ${got.body}`);
  same('links', got.body, body);
}

async function main() {
  const body = randomBytes(2 * PART + 12345);
  const s3 = client(process.env.S3_ENDPOINT);
  same('multipart', await multipart(s3, 'js2-multipart', body), body);
  same('retries', await multipart(client(process.env.S3_FLAKY_ENDPOINT), 'js2-retries', body), body);
  await links(s3, body.subarray(0, 1000));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
