import t from 'tap';
import { requireNoFolder, requireUnfolded } from '../../src/s3/unfolded.ts';
import { codeOf } from '../support/failure.ts';

const codeFor = (objectKey: string): string => codeOf(() => requireUnfolded(objectKey));

t.test('refuses object keys that a store may treat as others', async (t) => {
  for (const objectKey of [
    '/a',
    '/',
    'a//b',
    'a//',
    '.',
    '..',
    './a',
    '../a',
    'a/.',
    'a/..',
    'a/./b',
    'a/../b',
    'a\\b',
    '\\',
  ])
    t.equal(codeFor(objectKey), 'InvalidArgument', objectKey);
});

t.test('accepts folder markers and names that only look like it', async (t) => {
  for (const objectKey of [
    '',
    'a',
    'a/',
    'a/b',
    'a/b/',
    '.a',
    'a.',
    '..a',
    'a..',
    '...',
    'a/.../b',
    '.a/b',
    'a/.b',
  ])
    t.equal(codeFor(objectKey), 'ok', objectKey);
});

t.test('refuses folder markers if they are stored unencrypted', async (t) => {
  for (const objectKey of ['a/', '/', 'a/b/'])
    t.equal(
      codeOf(() => requireNoFolder(objectKey)),
      'InvalidArgument',
      objectKey,
    );
  for (const objectKey of ['a', '/a', ''])
    t.equal(
      codeOf(() => requireNoFolder(objectKey)),
      'ok',
      objectKey,
    );
});
