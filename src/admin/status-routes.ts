import type { Route } from './routes.ts';

/** All that the page shows, as data. */
export interface Status {
  document(): Promise<object>;
}

/** `/status`. */
export function statusRoutes(status: Status): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/status',
      answer: async () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `${JSON.stringify(await status.document())}\n`,
      }),
    },
  ];
}
