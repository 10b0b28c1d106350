import { execFile, spawnSync } from 'node:child_process';
import t from 'tap';
import { CLIENT, REGION, startFormStand } from './form-stand.ts';

const PYTHON = '/usr/bin/python3';
const absent = spawnSync(PYTHON, ['-c', 'import boto3']).status !== 0 && 'there is no boto3';

/** Prints forms and links of either version, and uses version 2 in headers, in the ways that boto3 has. */
const SCRIPT = `
import json, sys, boto3
from botocore.config import Config
url, region, access, secret = sys.argv[1:]
def client(version):
    config = Config(signature_version=version, retries={'max_attempts': 0}, s3={'addressing_style': 'path'})
    return boto3.client('s3', endpoint_url=url, region_name=region, aws_access_key_id=access,
                        aws_secret_access_key=secret, config=config)
v2, v4 = client('s3'), client('s3v4')
key = "d/a b+c'\\u00fc//x"
v2.put_object(Bucket='secret', Key=key, Body=b'by header', Metadata={'a': 'b  c'}, ContentType='text/x')
upload = v2.create_multipart_upload(Bucket='secret', Key='parts')['UploadId']
part = {'Bucket': 'secret', 'Key': 'parts', 'UploadId': upload}
etag = v2.upload_part(PartNumber=1, Body=b'one part', **part)['ETag']
v2.complete_multipart_upload(MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': etag}]}, **part)
fields, conditions = {'x-amz-meta-a': 'b'}, [{'x-amz-meta-a': 'b'}, ['content-length-range', 0, 9]]
form = lambda s3: s3.generate_presigned_post('secret', 'f/\${filename}', Fields=dict(fields), Conditions=list(conditions))
print(json.dumps({
    'listed': [o['Key'] for o in v2.list_objects_v2(Bucket='secret')['Contents']],
    'forms': {'v2': form(v2), 'v4': form(v4)},
    'get': v2.generate_presigned_url('get_object', {'Bucket': 'secret', 'Key': key, 'ResponseContentType': 'a/b; c'}),
    'put': v2.generate_presigned_url('put_object', {'Bucket': 'secret', 'Key': 'put', 'ContentType': 'text/y'}),
}))
`;

interface Made {
  readonly listed: readonly string[];
  readonly forms: Readonly<Record<'v2' | 'v4', { url: string; fields: Readonly<Record<string, string>> }>>;
  readonly get: string;
  readonly put: string;
}

t.test('boto3 signs with version 2 in headers, links and forms', { skip: absent }, async (t) => {
  const { url, get } = await startFormStand(t, { sigv2: true });
  const args = ['-c', SCRIPT, url, REGION, CLIENT.accessKeyId, CLIENT.secretAccessKey];
  const made = await run(args);
  t.same(made.listed, ["d/a b+c'ü//x", 'parts']);
  const got = await fetch(made.get);
  t.equal(await got.text(), 'by header');
  t.equal(got.headers.get('content-type'), 'a/b; c');
  const added = await fetch(`${made.get}&tagging`);
  t.equal(added.status, 403, 'a link is for what was signed');
  const headers = { 'content-type': 'text/y' };
  t.equal((await fetch(made.put, { method: 'PUT', headers, body: 'by link' })).status, 200);
  t.equal(
    (await fetch(made.put, { method: 'PUT', headers: { 'content-type': 'x/z' }, body: 'x' })).status,
    400,
  );
  t.equal(await (await get('/secret/put')).text(), 'by link');
  for (const [version, { url: action, fields }] of Object.entries(made.forms)) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([version]), version);
    const sized = new Request(action, { method: 'POST', body: form });
    const body = await sized.arrayBuffer();
    const type = sized.headers.get('content-type') ?? '';
    const answer = await fetch(action, { method: 'POST', body, headers: { 'content-type': type } });
    t.equal(answer.status, 204, await answer.text());
    t.equal(await (await get(`/secret/f/${version}`)).text(), version);
  }
});

/** In a process of its own while this one serves it. */
async function run(args: readonly string[]): Promise<Made> {
  const { AWS_CA_BUNDLE: _, ...env } = process.env;
  return await new Promise((resolve, reject) => {
    execFile(PYTHON, [...args], { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(JSON.parse(stdout) as Made);
    });
  });
}
