import { join } from 'node:path';
import { freePort } from '../../matrix/stores/free-port.ts';
import { type Contestant, listening, start } from './contestant.ts';
import { CREDENTIALS, type Ground, REGION } from './ground.ts';

/**
 * The Versity gateway before the store: verifies signatures and signs anew, as the proxy does. It adds no SSE-C headers.
 * `VERSITYGW` names the program.
 */
export async function startVersitygw(ground: Ground, store: Contestant): Promise<Contestant> {
  const port = Number(await freePort());
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const secret = secretAccessKey.reveal();
  const started = await start(
    process.env.VERSITYGW ?? 'versitygw',
    [
      `--port=127.0.0.1:${port}`,
      `--region=${REGION}`,
      '--keep-alive',
      '--quiet',
      `--cert=${join(ground.folder, 'tls.crt')}`,
      `--key=${join(ground.folder, 'tls.key')}`,
      's3',
      `--endpoint=https://127.0.0.1:${store.port}`,
      `--region=${REGION}`,
      '--use-path-style',
    ],
    {
      // Its SDK says there of each answer that it has no checksum.
      err: 'ignore',
      env: {
        // Nothing else: the SDK in it follows many variables.
        PATH: process.env.PATH,
        SSL_CERT_FILE: join(ground.folder, 'ca.pem'),
        ROOT_ACCESS_KEY: accessKeyId,
        ROOT_SECRET_KEY: secret,
        VGW_S3_ACCESS_KEY: accessKeyId,
        VGW_S3_SECRET_KEY: secret,
      },
    },
  );
  await listening(started, port);
  return { name: 'versitygw', port, pid: started.pid, opaque: true, stop: started.stop };
}
