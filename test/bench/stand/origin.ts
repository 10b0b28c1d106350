import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contestant } from './contestant.ts';
import { BUCKET, folderIn, type Ground, ssecHeaders } from './ground.ts';
import { startNginx } from './nginx.ts';
import { bodyOf, LIST, SIZES } from './objects.ts';

/** Answers a write only when its last byte is there: nginx reads the whole body before it calls a handler. */
const HANDLER = `export default { put };
function put(request) {
  request.headersOut['ETag'] = '"0123456789abcdef0123456789abcdef"';
  request.headersOut['x-amz-meta-received'] = request.variables.content_length;
  request.return(200);
}
`;

const ECHO = ['algorithm', 'key-md5']
  .map((name) => {
    const header = `x-amz-server-side-encryption-customer-${name}`;
    return `    add_header ${header} $http_${header.replaceAll('-', '_')};\n`;
  })
  .join('');

const KEY_MD5 = '$http_x_amz_server_side_encryption_customer_key_md5';

/** As Amazon says it: a refusal in other words is not about the key, and no other key is tried. */
const WRONG_KEY =
  'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.';

/** Objects that only the second SSE-C key opens. */
const SECOND = `    location /${BUCKET}/second/ {
      default_type application/xml;
      if (${KEY_MD5} != "${ssecHeaders(1)['x-amz-server-side-encryption-customer-key-md5']}") {
        return 403 "<Error><Code>AccessDenied</Code><Message>${WRONG_KEY}</Message></Error>";
      }
      rewrite ^ /1k break;
    }
`;

/** The store: nginx that serves files in memory, echoes the SSE-C headers, and takes every write. */
export async function startOrigin(ground: Ground): Promise<Contestant> {
  const folder = await folderIn(ground, 'objects');
  for (const size of Object.keys(SIZES)) await writeFile(join(folder, size), bodyOf(size));
  await writeFile(join(folder, 'list'), LIST);
  await writeFile(join(folder, 'origin.js'), HANDLER);
  const objects = Object.keys(SIZES)
    .map((size) => `    location /${BUCKET}/${size}/ { rewrite ^ /${size} break; }\n`)
    .join('');
  const origin = await startNginx(ground, 'origin', {
    http: `  access_log off;
  sendfile on;
  # What is on its way to a slow client takes longer than the minute that is the default.
  send_timeout 10m;
  open_file_cache max=100;
  client_body_buffer_size 2m;
  js_path ${folder};
  js_import origin from origin.js;`,
    server: `    root ${folder};
${ECHO}    if ($request_method = PUT) { rewrite ^ /put last; }
${objects}${SECOND}    location = /put { internal; js_content origin.put; }
    location = /${BUCKET} { default_type application/xml; rewrite ^ /list break; }
    location = /${BUCKET}/ { default_type application/xml; rewrite ^ /list break; }`,
  });
  return { ...origin, name: 'direct', bare: true };
}
