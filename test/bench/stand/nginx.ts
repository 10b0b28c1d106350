import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../matrix/stores/free-port.ts';
import { type Contestant, listening, start } from './contestant.ts';
import { folderIn, type Ground } from './ground.ts';

const MODULE = '/usr/lib/nginx/modules/ngx_http_js_module.so';

/** What goes into `http` and into `server`. */
export interface NginxConfig {
  readonly http: string;
  readonly server: string;
}

/** An nginx with one worker, TLS, and everything that it writes in memory. */
export async function startNginx(
  ground: Ground,
  name: string,
  { http, server }: NginxConfig,
): Promise<Contestant & { readonly pid: number }> {
  const folder = await folderIn(ground, name);
  const port = Number(await freePort());
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};\n`)
    .join('');
  const text = `load_module ${MODULE};
user root;
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 16384; }
http {
${temporary}  default_type binary/octet-stream;
  client_max_body_size 0;
  keepalive_timeout 300;
  keepalive_requests 100000000;
  ssl_session_cache shared:clients:10m;
  ssl_protocols TLSv1.2 TLSv1.3;
  tcp_nodelay on;
${http}
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${ground.folder}/tls.crt;
    ssl_certificate_key ${ground.folder}/tls.key;
${server}
  }
}
`;
  const config = join(folder, 'nginx.conf');
  await writeFile(config, text, { mode: 0o600 });
  const started = await start('nginx', ['-p', folder, '-e', `${folder}/error.log`, '-c', config]);
  await listening(started, port);
  return { name, port, pid: started.pid, stop: started.stop };
}
