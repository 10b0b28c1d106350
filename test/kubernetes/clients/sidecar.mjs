// Writes an object and reads it back, where AWS_ENDPOINT_URL says; it knows of nothing else.
import { createRequire } from 'node:module';

// It lies beside no node_modules of its own.
const { GetObjectCommand, PutObjectCommand, S3Client } = createRequire('/app/')('@aws-sdk/client-s3');
const [Bucket, Key] = process.argv.slice(2);
const Body = 'written beside a sidecar';
const s3 = new S3Client({ forcePathStyle: true });
await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
const read = await answer.Body.transformToString();
if (read !== Body) throw new Error(`read ${read}`);
console.log(`written and read at ${process.env.AWS_ENDPOINT_URL}`);
