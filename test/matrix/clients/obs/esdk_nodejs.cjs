// esdk-obs-nodejs, with its defaults but for endpoint, credentials, signature and certificate authority; retries are off.
// A deed a line on standard input, an answer a line on standard output; fields are parted by tabs.
const { createHash } = require('node:crypto');
const dns = require('node:dns');
const { createReadStream, readFileSync, statSync } = require('node:fs');
const { createInterface } = require('node:readline');

const { env } = process;
const ObsClient = require(require.resolve('esdk-obs-nodejs', { paths: [env.OBS_SDK] }));

const LARGE = 8 << 20;

// Names below localhost are loopback addresses (RFC 6761, 6.3); not every C library knows.
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest);

const client = new ObsClient({
  access_key_id: env.OBS_ACCESS_KEY_ID,
  secret_access_key: env.OBS_SECRET_ACCESS_KEY,
  server: env.OBS_ENDPOINT,
  region: env.OBS_REGION,
  signature: env.OBS_SIGNATURE,
  path_style: env.OBS_ADDRESSING === 'path',
  ssl_verify: env.OBS_CA,
  max_retry_count: 0,
});

/** Answers with a fault are returned, not thrown. */
async function ask(verb, param) {
  const { CommonMsg: said, InterfaceResult: result } = await client[verb](param);
  if (said.Status >= 300) throw new Error(`${said.Status} ${said.Code}: ${said.Message}`);
  return { ...result, status: said.Status };
}

const list = async (Bucket, Prefix) =>
  (await ask('listObjects', { Bucket, Prefix })).Contents.map(({ Key }) => Key);

const VERBS = {
  put: async (SourceFile, Bucket, Key) => {
    if (statSync(SourceFile).size <= LARGE) await ask('putObject', { Bucket, Key, SourceFile });
    else await ask('uploadFile', { Bucket, Key, UploadFile: SourceFile, PartSize: LARGE, TaskNum: 2 });
  },
  putStream: async (file, Bucket, Key) => {
    await ask('putObject', { Bucket, Key, Body: createReadStream(file) });
  },
  putChecked: async (SourceFile, Bucket, Key) => {
    const ContentMD5 = createHash('md5').update(readFileSync(SourceFile)).digest('base64');
    await ask('putObject', { Bucket, Key, SourceFile, ContentMD5 });
  },
  get: async (Bucket, Key, SaveAsFile) => {
    await ask('getObject', { Bucket, Key, SaveAsFile });
  },
  range: async (Bucket, Key, first, last, SaveAsFile) => {
    const { status } = await ask('getObject', { Bucket, Key, SaveAsFile, Range: `bytes=${first}-${last}` });
    if (status !== 206) throw new Error(String(status));
  },
  size: async (Bucket, Key) => [(await ask('getObjectMetadata', { Bucket, Key })).ContentLength],
  list,
  link: async (Bucket, Key) => [client.createSignedUrlSync({ Method: 'GET', Bucket, Key }).SignedUrl],
  copy: async (fromBucket, fromKey, Bucket, Key) => {
    await ask('copyObject', { Bucket, Key, CopySource: `${fromBucket}/${fromKey}` });
  },
  remove: async (Bucket, Key) => {
    await ask('deleteObject', { Bucket, Key });
  },
  removeAll: async (Bucket, prefix) => {
    const Objects = (await list(Bucket, prefix)).map((Key) => ({ Key }));
    const { Deleteds, Errors } = await ask('deleteObjects', { Bucket, Quiet: false, Objects });
    if (Errors.length > 0 || Deleteds.length !== Objects.length) throw new Error(JSON.stringify(Errors));
  },
  parts: async (SourceFile, Bucket, Key, fromBucket, fromKey) => {
    const { UploadId } = await ask('initiateMultipartUpload', { Bucket, Key });
    const upload = { Bucket, Key, UploadId };
    const sent = await ask('uploadPart', { ...upload, PartNumber: 1, SourceFile });
    const copied = await ask('copyPart', {
      ...upload,
      PartNumber: 2,
      CopySource: `${fromBucket}/${fromKey}`,
    });
    const { Parts: listed } = await ask('listParts', upload);
    const numbers = listed.map(({ PartNumber }) => Number(PartNumber));
    if (numbers.join() !== '1,2') throw new Error(`the parts ${numbers} are listed`);
    const Parts = [sent, copied].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
    await ask('completeMultipartUpload', { ...upload, Parts });
  },
  append: async (SourceFile, Bucket, Key, position) => {
    const answer = await ask('appendObject', { Bucket, Key, SourceFile, Position: Number(position) });
    return [answer.NextPosition];
  },
  metadata: async (Bucket, Key, note) => {
    await ask('setObjectMetadata', { Bucket, Key, Metadata: { note }, MetadataDirective: 'REPLACE' });
    return [(await ask('getObjectMetadata', { Bucket, Key })).Metadata?.note];
  },
  acl: async (Bucket, Key) => {
    const { Owner, Grants } = await ask('getObjectAcl', { Bucket, Key });
    await ask('setObjectAcl', { Bucket, Key, Owner, Grants });
    return (await ask('getObjectAcl', { Bucket, Key })).Grants.map(({ Permission }) => Permission);
  },
  encryption: async (Bucket) => {
    const Rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: env.OBS_SIGNATURE === 'v2' ? 'aws:kms' : 'kms' },
    };
    await ask('setBucketEncryption', { Bucket, Rule });
    const said = await ask('getBucketEncryption', { Bucket });
    await ask('deleteBucketEncryption', { Bucket });
    return [said.Rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm];
  },
  versions: async (Bucket, Prefix) => {
    const { Versions } = await ask('listVersions', { Bucket, Prefix });
    return Versions.flatMap(({ Key, VersionId }) => [Key, VersionId]);
  },
  getVersion: async (Bucket, Key, VersionId, SaveAsFile) => {
    await ask('getObject', { Bucket, Key, VersionId, SaveAsFile });
  },
  form: async (Bucket, Key) => {
    const FormParams = { 'content-type': 'text/plain' };
    const {
      Token: token,
      Policy: policy,
      Signature: signature,
    } = client.createPostSignatureSync({ Bucket, Key, FormParams });
    const v2 = { AWSAccessKeyId: env.OBS_ACCESS_KEY_ID, policy, signature };
    return Object.entries({
      key: Key,
      ...FormParams,
      ...(env.OBS_SIGNATURE === 'v2' ? v2 : { token }),
    }).flat();
  },
  rename: async (Bucket, Key, Name) => {
    await ask('renameObject', { Bucket, Key, Name });
  },
  truncate: async (Bucket, Key, length) => {
    await ask('truncateObject', { Bucket, Key, Length: Number(length) });
  },
  modify: async (SourceFile, Bucket, Key, position) => {
    await ask('modifyObject', { Bucket, Key, SourceFile, Position: Number(position) });
  },
};

const out = process.stdout.write.bind(process.stdout);
// What a library prints is no answer.
process.stdout.write = process.stderr.write.bind(process.stderr);
const lines = createInterface({ input: process.stdin });
let before = Promise.resolve();
lines.on('line', (line) => {
  before = before.then(() => answer(line)).then((fields) => void out(`${fields.join('\t')}\n`));
});
lines.on('close', () => before.then(() => process.exit(0)));

async function answer(line) {
  const [verb, ...args] = line.split('\t');
  try {
    return ['ok', ...((await VERBS[verb](...args)) ?? [])];
  } catch (error) {
    return ['failed', String(error?.message ?? error).replace(/\s+/g, ' ')];
  }
}
