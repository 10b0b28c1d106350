import { PAGE } from './page-paths.ts';
import type { Query, Reply, Route } from './routes.ts';

/** What the page shows, as data. */
export interface Status {
  document(): Promise<object>;
  /** What the config makes of a request: an answer, or what is wrong with the question. */
  explain(asked: Query): Promise<object>;
}

/** `/status`, `/explain`, and the page that is made of them. Its files are read when somebody asks for one. */
export function statusRoutes(status: Status): readonly Route[] {
  return [
    { method: 'GET', path: '/status', answer: async () => json(200, await status.document()) },
    {
      method: 'GET',
      path: '/explain',
      query: ['url', 'op', 'client', 'from', 'prefix'],
      answer: async ({ query }) => {
        const answer = await status.explain(query);
        return json('wrong' in answer ? 400 : 200, answer);
      },
    },
    ...PAGE.map(
      (path): Route => ({
        method: 'GET',
        path,
        answer: async () => (await import('./page.ts')).pageFile(path),
      }),
    ),
  ];
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
