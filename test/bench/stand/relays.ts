import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contestant } from './contestant.ts';
import { CREDENTIALS, folderIn, type Ground, REGION, ssecHeaders } from './ground.ts';
import { startNginx } from './nginx.ts';
import { proveSigner } from './prove-signer.ts';

/** Access log on, connections kept on both sides, bodies streamed, the store's certificate checked: as one would run it. */
const relayTo = (ground: Ground, folder: string, port: number): { http: string; location: string } => ({
  http: `  access_log ${folder}/access.log;
  upstream store { server 127.0.0.1:${port}; keepalive 128; keepalive_requests 100000000; }`,
  location: `      proxy_pass https://store;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host 127.0.0.1:${port};
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate ${ground.folder}/ca.pem;
      proxy_ssl_name localhost;
      proxy_ssl_session_reuse on;
      proxy_headers_hash_max_size 1024;
      proxy_headers_hash_bucket_size 128;
      proxy_request_buffering off;
      proxy_buffers 16 16k;
      proxy_max_temp_file_size 0;`,
});

/** nginx that passes on what comes, the SSE-C headers of the client too. */
export async function startPlainNginx(ground: Ground, store: Contestant): Promise<Contestant> {
  const folder = await folderIn(ground, 'nginx');
  const { http, location } = relayTo(ground, folder, store.port);
  const nginx = await startNginx(ground, 'nginx', { http, server: `    location / {\n${location}\n    }` });
  return { ...nginx, bare: true };
}

/** nginx that adds the SSE-C headers and signs in njs. It verifies nothing that clients send, and nothing of the answer. */
export async function startSigningNginx(ground: Ground, store: Contestant): Promise<Contestant> {
  await proveSigner(ground, (judge) => startNjs(ground, judge));
  return startNjs(ground, store);
}

async function startNjs(ground: Ground, store: Contestant): Promise<Contestant> {
  const folder = await folderIn(ground, 'njs');
  const { http, location } = relayTo(ground, folder, store.port);
  await writeFile(join(folder, 'signer.js'), await signer(store.port), { mode: 0o600 });
  const headers = Object.entries(ssecHeaders())
    .map(([name, value]) => `      proxy_set_header ${name} "${value}";`)
    .join('\n');
  return startNginx(ground, 'njs', {
    http: `${http}
  js_path ${folder};
  js_import signer from signer.js;
  js_set $amz_date signer.date;
  js_set $authorization signer.authorization;`,
    server: `    location / {
${location}
${headers}
      proxy_set_header x-amz-content-sha256 UNSIGNED-PAYLOAD;
      proxy_set_header x-amz-date $amz_date;
      proxy_set_header Authorization $authorization;
    }`,
  });
}

/** The script with its settings written into it: njs sees no environment that nginx was not told to keep. */
async function signer(port: number): Promise<string> {
  const [, key = '', md5 = ''] = Object.values(ssecHeaders());
  const settings: Readonly<Record<string, string>> = {
    REGION,
    ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    SECRET: CREDENTIALS.secretAccessKey.reveal(),
    HOST: `127.0.0.1:${port}`,
    SSEC_KEY: key,
    SSEC_KEY_MD5: md5,
  };
  const text = await readFile(join(import.meta.dirname, 'signer.js'), 'utf8');
  return text.replace(/process\.env\.BENCH_(\w+)/g, (_, name: string) => JSON.stringify(settings[name]));
}
