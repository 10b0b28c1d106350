import t from 'tap';
import { newRequestId } from '../../src/s3/request-id.ts';

t.test('makes ids of 16 hex digits, none of them twice', async (t) => {
  const ids = Array.from({ length: 5000 }, newRequestId);
  t.equal(new Set(ids).size, ids.length);
  t.ok(ids.every((id) => /^[0-9A-F]{16}$/.test(id)));
});
