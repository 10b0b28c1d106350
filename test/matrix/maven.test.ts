import t from 'tap';
import { versionOf } from './maven.ts';

t.test('the version of a client is that of its own jar', async (t) => {
  const jars = ['s3-transfer-manager-2.56.1.jar', 'third-party-s3-1.0.jar', 's3-2.56.0.jar', 's3-2.txt'];
  t.equal(versionOf('s3', jars), '2.56.0');
  t.equal(versionOf('s3-transfer-manager', jars), '2.56.1');
  t.equal(versionOf('aws-java-sdk-s3', jars), '');
});
