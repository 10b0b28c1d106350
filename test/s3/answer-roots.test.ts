import t from 'tap';
import { ANSWER_ROOTS } from '../../src/s3/answer-roots.ts';
import { OPERATIONS } from '../../src/s3/operations.ts';

t.test('names operations of the table, whose entries have the roots in lower case', async (t) => {
  for (const [name, roots] of Object.entries(ANSWER_ROOTS)) {
    const entry = OPERATIONS.find((one) => one.name === name);
    t.ok(roots.length > 0, name);
    t.same(
      entry?.roots,
      roots.map((root) => root.toLowerCase()),
      name,
    );
  }
});

t.test('every read can be told from another by its response, or is sent to known stores only', async (t) => {
  // GetObject is what a store takes the others for; the rest are answered with documents of the proxy's own.
  const apart = new Set(['GetObject', 'GetBucketLocation', 'ListBuckets', 'ListDirectoryBuckets']);
  for (const { name, method, roots, listed } of OPERATIONS)
    if (method === 'GET' && !apart.has(name)) t.ok(roots.length > 0 || listed, name);
});

t.test('a sub-resource never has the root of a list of objects', async (t) => {
  for (const { name, query, roots } of OPERATIONS)
    if (query.length > 0 && name !== 'ListObjectsV2') t.notOk(roots.includes('listbucketresult'), name);
});
