import t from 'tap';
import { startAdmin } from '../../src/admin/admin.ts';
import { line, type Route, routeOf } from '../../src/admin/routes.ts';

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/a',
    query: ['x', 'y'],
    answer: ({ query }) => line(200, query.get('x') ?? 'none'),
  },
  { method: 'POST', path: '/a', answer: () => line(200, 'posted') },
  { method: 'GET', path: '/broken', answer: () => Promise.reject(new Error('a secret of its own')) },
];

const REFUSED = [
  { name: 'an unknown path', method: 'GET', target: '/b', status: 404 },
  { name: 'a path that only begins like one', method: 'GET', target: '/a/', status: 404 },
  { name: 'dots', method: 'GET', target: '/b/../a', status: 404 },
  { name: 'an absolute target', method: 'GET', target: 'http://h/a', status: 404 },
  { name: 'no target', method: 'GET', target: '', status: 404 },
  { name: 'another method', method: 'DELETE', target: '/a', status: 405 },
  { name: 'an unknown name', method: 'GET', target: '/a?z=1', status: 400 },
  { name: 'a name twice', method: 'GET', target: '/a?x=1&x=2', status: 400 },
  { name: 'a name of everything', method: 'GET', target: '/a?__proto__=1', status: 400 },
  { name: 'a query where none is', method: 'POST', target: '/a?x=1', status: 400 },
  { name: 'a target that is too long', method: 'GET', target: `/a?x=${'y'.repeat(9000)}`, status: 414 },
] as const;

t.test('refuses what has no row', (t) => {
  for (const { name, method, target, status } of REFUSED)
    t.match(routeOf(ROUTES, method, target), { refused: { status } }, name);
  t.match(routeOf(ROUTES, 'PUT', '/a'), { refused: { headers: { allow: 'GET, HEAD, POST' } } });
  t.end();
});

t.test('answers by method, with the query decoded', async (t) => {
  const admin = await startAdmin({ host: '127.0.0.1', port: 0 }, ROUTES);
  t.teardown(() => admin.close());
  const ask = async (target: string, method = 'GET'): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${admin.port}${target}`, { method });
    return `${answer.status} ${answer.headers.get('content-length')} ${(await answer.text()).trim()}`;
  };
  t.equal(await ask('/a?x=s3%3A%2F%2Fb%2Fk%2B1'), '200 11 s3://b/k+1');
  t.equal(await ask('/a?'), '200 5 none');
  t.equal(await ask('/a', 'HEAD'), '200 5 ', 'HEAD has no body');
  t.equal(await ask('/a', 'POST'), '200 7 posted');
  t.equal(await ask('/broken'), '500 30 this answer could not be made', 'without the cause');
});
