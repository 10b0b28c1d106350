import { mkdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import { startAdmin } from '../../../src/admin/admin.ts';
import { healthRoutes } from '../../../src/admin/health-routes.ts';
import { statusRoutes } from '../../../src/admin/status-routes.ts';
import { explained } from '../../../src/explain/answer.ts';
import type { Around } from '../../../src/status/around.ts';
import type { Facts } from '../../../src/status/facts.ts';
import { Teller } from '../../../src/status/teller.ts';
import { snapshotOf, testClient, testCredentials, testSsecKey } from '../../support/snapshot.ts';
import { axe, DESKTOP, type Look, openBrowser, PHONE, see } from './browser.ts';
import { AROUND, FACTS } from './example.ts';

const SNAPSHOT = snapshotOf({
  rules: [{ bucket: 'backups', encrypt: [testSsecKey('new')] }],
  clients: [testClient('AKIDBACKUPS', testCredentials('store'))],
});

/** Pictures for a person to look at, if wanted. */
const PICTURES = process.env.PICTURES;

/** The admin address of a proxy that is as the facts say. */
async function told(t: Test, state: { facts: Facts; around: Around }): Promise<string> {
  const teller = new Teller({
    facts: () => [state.facts],
    around: () => state.around,
    required: () => ['keys'],
  });
  const health = {
    troubles: () => ({}),
    parts: () => teller.parts(),
    metrics: async () => '',
  };
  const status = {
    document: () => teller.document(),
    explain: async (asked: ReadonlyMap<string, string>) => explained(asked, SNAPSHOT),
  };
  const routes = [...healthRoutes(health), ...statusRoutes(status)];
  const admin = await startAdmin({ host: '127.0.0.1', port: 0 }, routes);
  t.teardown(() => admin.close());
  return `http://127.0.0.1:${admin.port}/`;
}

const WELL = { facts: FACTS, around: AROUND };
const DOWN = {
  facts: {
    ...FACTS,
    upstreams: FACTS.upstreams.map((one) => ({
      ...one,
      inARow: 4,
      kind: 'silent' as const,
      lastFailure: AROUND.now,
    })),
    distrusted: [{ bucket: 'backups', doubted: true, operations: ['PutObject'] }],
    logs: [{ name: 'log' as const, causes: ['ENOSPC: no space left on device'], lost: 0, refuses: false }],
  },
  around: { ...AROUND, reason: undefined },
};

const LOOKS: Readonly<Record<string, Look>> = {
  'desktop-light': DESKTOP,
  'desktop-dark': { ...DESKTOP, colorScheme: 'dark' },
  'phone-light': { ...PHONE, colorScheme: 'light' },
  'phone-dark': PHONE,
};

t.test('the page is whole at each width and in both themes, and axe finds nothing', async (t) => {
  const browser = await openBrowser(t);
  for (const [state, facts] of Object.entries({ well: WELL, down: DOWN })) {
    const url = await told(t, facts);
    for (const [name, look] of Object.entries(LOOKS)) {
      const seen = await see(browser, url, look);
      const { page } = seen;
      t.strictSame(await axe(seen), [], `${state}, ${name}: axe`);
      t.strictSame(seen.complaints, [], `${state}, ${name}: the browser`);
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      t.notOk(wide, `${state}, ${name}: nothing sticks out of the window`);
      t.equal(await page.locator('canvas').count(), 3, 'three charts');
      t.notSame(new Set(seen.asked.map((one) => new URL(one).origin)).size, 0);
      t.ok(
        seen.asked.every((one) => one.startsWith(url)),
        'it asks this address alone',
      );
      t.strictSame(await page.context().cookies(), []);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: `${PICTURES}/${state}-${name}.png`, fullPage: true });
      }
      await page.close();
    }
  }
});

t.test('says in one sentence that all is well, or what is not and what to do, and keeps up', async (t) => {
  const browser = await openBrowser(t);
  const state = { ...WELL };
  const { page } = await see(browser, await told(t, state));
  t.match(await page.textContent('#sentence'), /^All is well: \d+ requests in the last hour/);
  t.equal(await page.textContent('#state'), 'OK');
  t.equal(await page.title(), 'ssec-proxy');
  Object.assign(state, DOWN);
  await page.locator('#state').filter({ hasText: 'Degraded' }).waitFor({ timeout: 30_000 });
  t.match(await page.textContent('#sentence'), /^The store upstream takes requests and does not answer/);
  t.match(await page.textContent('#fix'), /^What to do: Look at the store/);
  t.match(await page.locator('#findings li').allTextContents(), [
    /archive/,
    /bucket backups/,
    /log can't be written/,
  ]);
});

/** What has the focus, by its id, its label or its text. */
const FOCUSED = `document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent`;

t.test('everything can be reached and used by the keyboard alone', async (t) => {
  const browser = await openBrowser(t);
  const { page } = await see(browser, await told(t, WELL));
  await page.keyboard.press('Tab');
  t.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
  await page.keyboard.press('Enter');
  const reached = new Set<string>();
  for (let tabs = 0; tabs < 30; tabs += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate<string>(FOCUSED);
    reached.add(name);
    if (name === 'explain-url') {
      await page.keyboard.type('s3://backups/some object');
      await page.keyboard.press('Enter');
    }
  }
  for (const name of [
    'explain-url',
    'explain-op',
    'explain-client',
    'Explain',
    'Stores, table',
    'Rules, table',
    '/status',
  ])
    t.ok(reached.has(name), `reaches ${name}`);
  await page.locator('#explained pre').waitFor();
  t.match(
    await page.textContent('#explained'),
    /It is allowed[\s\S]*GetObject s3:\/\/backups\/some object[\s\S]*rules\[0\]/,
  );
});

t.test('the box explains what the config makes of an object for a client', async (t) => {
  const browser = await openBrowser(t);
  const { page } = await see(browser, await told(t, WELL));
  const explain = async (url: string, op: string): Promise<string> => {
    await page.fill('#explain-url', url);
    await page.fill('#explain-op', op);
    await page.selectOption('#explain-client', 'AKIDBACKUPS');
    const answered = page.waitForResponse(/\/explain/);
    await page.click('#explain button');
    await (await answered).finished();
    await page.waitForTimeout(100);
    return (await page.textContent('#explained')) ?? '';
  };
  t.match(
    await explain('s3://backups/a', 'PutObject'),
    /It is allowed[\s\S]*client: AKIDBACKUPS[\s\S]*key new/,
  );
  const refused = await explain('s3://others/<img src=x onerror=alert(1)>', 'GetObject');
  t.match(
    refused,
    /It is refused[\s\S]*why: no rule matches s3:\/\/others\/<img/,
    'and what is asked is text',
  );
  t.match(await explain('s3://backups/a', 'GetObjekt'), /GetObjekt is not an S3 operation/);
});

t.test('the page says when it no longer hears of the proxy', async (t) => {
  const browser = await openBrowser(t);
  const { page } = await see(browser, await told(t, WELL));
  await page.route('**/status', (route) => route.abort());
  await page.locator('#stale').filter({ hasText: 'not answered' }).waitFor({ timeout: 30_000 });
  t.match(await page.textContent('#stale'), /^The proxy has not answered this page since/);
});
