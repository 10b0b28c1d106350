import t from 'tap';
import type { Ask, Got } from './support.ts';
import { ADMIN, copy, READER, tenants, VELERO } from './tenants.ts';

t.test("a client can't copy from where it may not read, or to where it may not write", async (t) => {
  const by = await tenants(t);
  const upload = await by(VELERO, { method: 'POST', target: '/vault/velero/mp?uploads=' });
  const uploadId = /<UploadId>([^<]+)</.exec(upload.body)?.[1] ?? '';
  t.ok(uploadId);
  for (const query of ['', `?partNumber=1&uploadId=${uploadId}`]) {
    const to = (objectKey: string, from: string): Promise<Got> =>
      by(VELERO, { method: 'PUT', target: `/vault/${objectKey}${query}`, headers: copy(from) });
    for (const from of [
      '/vault/foreign/c',
      'vault/foreign/c',
      '/vault/foreign%2Fc',
      'vault%2Fforeign%2Fc',
      '/vault/velero',
      '/vault/velerox',
      '/vault/velero/../../vault/foreign/../../foreign/c',
      '/vault/foreign/c?versionId=null',
      '/nobodys/a',
      '/vault/nothing-there',
    ]) {
      const answer = await to('velero/mp', from);
      t.not(answer.status, 200, `${from}${query}`);
      t.ok(answer.code === 'AccessDenied' || answer.code === 'NoSuchKey', `${from}: ${answer.code}`);
      if (!from.includes('..')) t.equal(answer.code, 'AccessDenied', from);
    }
    t.match(await to('foreign/new', '/vault/velero/a'), { status: 403, code: 'AccessDenied' });
    t.match(await to('velero/mp', '/vault/velero/a'), { status: 200 }, 'within its own prefix it may');
  }
  t.match(await by(ADMIN, { method: 'GET', target: '/vault/foreign/new' }), { status: 404 });
});

t.test(
  "what an encrypting rule protects can't be copied into the open, unless the rule says so",
  async (t) => {
    const by = await tenants(t);
    for (const client of [ADMIN, VELERO]) {
      const answer = await by(client, {
        method: 'PUT',
        target: '/open/velero/a',
        headers: copy('/vault/velero/a'),
      });
      t.match(answer, { status: 403, code: 'AccessDenied' }, client.accessKeyId);
    }
    const upload = await by(ADMIN, { method: 'POST', target: '/open/mp?uploads=' });
    const uploadId = /<UploadId>([^<]+)</.exec(upload.body)?.[1] ?? '';
    const part = {
      method: 'PUT',
      target: `/open/mp?partNumber=1&uploadId=${uploadId}`,
      headers: copy('/vault/velero/a'),
    };
    t.match(await by(ADMIN, part), { status: 403, code: 'AccessDenied' }, 'nor by parts');
    t.match(await by(ADMIN, { method: 'GET', target: '/open/velero/a' }), { status: 404 });
    const released = { method: 'PUT', target: '/released/a', headers: copy('/vault/shared/b') };
    t.match(await by(ADMIN, released), { status: 200 });
    t.match(await by(READER, released), { status: 200 }, 'who reads there and writes here may');
    t.match(await by(VELERO, { ...released, headers: copy('/vault/velero/a') }), { status: 403 });
  },
);

t.test("a client can't meddle with another's upload", async (t) => {
  const by = await tenants(t);
  const upload = await by(ADMIN, { method: 'POST', target: '/vault/foreign/c?uploads=' });
  const uploadId = /<UploadId>([^<]+)</.exec(upload.body)?.[1] ?? '';
  const calls: readonly ((objectKey: string) => Ask)[] = [
    (objectKey) => ({
      method: 'PUT',
      target: `/vault/${objectKey}?partNumber=1&uploadId=${uploadId}`,
      body: 'x',
    }),
    (objectKey) => ({ method: 'GET', target: `/vault/${objectKey}?uploadId=${uploadId}` }),
    (objectKey) => ({ method: 'DELETE', target: `/vault/${objectKey}?uploadId=${uploadId}` }),
    (objectKey) => ({
      method: 'POST',
      target: `/vault/${objectKey}?uploadId=${uploadId}`,
      body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
    }),
  ];
  for (const call of calls) {
    const theirs = call('foreign/c');
    t.match(
      await by(VELERO, theirs),
      { status: 403, code: 'AccessDenied' },
      `${theirs.method} ${theirs.target}`,
    );
    const mine = call('velero/a');
    t.match(await by(VELERO, mine), { status: 404, code: 'NoSuchUpload' }, `${mine.method} ${mine.target}`);
  }
  const parts = await by(ADMIN, { method: 'GET', target: `/vault/foreign/c?uploadId=${uploadId}` });
  t.equal(parts.status, 200, 'the upload is still there');
  t.notMatch(parts.body, '<Part>');
});
