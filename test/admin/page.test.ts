import t from 'tap';
import { startAdmin } from '../../src/admin/admin.ts';
import { PAGE } from '../../src/admin/page-paths.ts';
import { statusRoutes } from '../../src/admin/status-routes.ts';

async function started(t: { teardown(end: () => Promise<void>): void }): Promise<string> {
  const routes = statusRoutes({
    document: async () => ({ version: 1 }),
    explain: async (asked) => (asked.get('url') === 's3://a/b' ? { lines: [] } : { wrong: 'the question' }),
  });
  const admin = await startAdmin({ host: '127.0.0.1', port: 0 }, routes);
  t.teardown(() => admin.close());
  return `http://127.0.0.1:${admin.port}`;
}

t.test(
  'each file of the page is there, under a policy that allows nothing from elsewhere and nothing inline',
  async (t) => {
    const base = await started(t);
    for (const path of PAGE) {
      const answer = await fetch(base + path);
      t.equal(answer.status, 200, path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /, path);
      t.notMatch(policy, /unsafe|\*|https?:/, path);
      t.match(answer.headers.get('content-type'), /; charset=utf-8$/, path);
      t.equal(answer.headers.get('x-content-type-options'), 'nosniff', path);
      t.equal(answer.headers.get('set-cookie'), null, path);
      t.ok((await answer.text()).length > 100, path);
    }
  },
);

t.test('the document refers to these files only, and has no script or style of its own', async (t) => {
  const html = await (await fetch(`${await started(t)}/`)).text();
  const known: readonly string[] = [...PAGE, '/status', '/metrics', '/readyz?verbose', '#main'];
  const named = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, name = '']) => name);
  t.ok(named.length >= 6);
  t.strictSame(
    named.filter((name) => !known.includes(name)),
    [],
  );
  t.notMatch(html, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
});

t.test('/status is JSON, and /explain says what is wrong with a question', async (t) => {
  const base = await started(t);
  const status = await fetch(`${base}/status`);
  t.equal(status.headers.get('content-type'), 'application/json');
  t.strictSame(await status.json(), { version: 1 });
  t.equal((await fetch(`${base}/explain?url=s3://a/b`)).status, 200);
  const wrong = await fetch(`${base}/explain?url=nothing`);
  t.strictSame([wrong.status, await wrong.json()], [400, { wrong: 'the question' }]);
  t.equal((await fetch(`${base}/explain?url=s3://a/b&secret=1`)).status, 400);
  t.equal((await fetch(`${base}/status`, { method: 'POST' })).status, 405);
  t.equal((await fetch(`${base}/page.ts`)).status, 404);
});
