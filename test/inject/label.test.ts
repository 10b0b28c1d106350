import t from 'tap';
import { admitted, apiWith, MAPS, pod, profileMap } from './fixture.ts';

const asking = (value: string): object => pod({}, { labels: { 'ssec-proxy.io/inject': value } });

t.test('a label that says yes or no is refused, and told what the label means', async (t) => {
  const forbidding = async () => ({ status: 403, body: {} });
  for (const value of ['false', 'true', 'disabled'])
    for (const ask of [apiWith(), forbidding])
      t.match(await admitted(asking(value), { ask }), {
        kind: 'refused',
        message: new RegExp(
          `is the name of a profile, and ${value} is none; write one, or remove the label if the pod is to have no proxy`,
        ),
      });
  for (const value of ['', 'False'])
    t.match(await admitted(asking(value)), {
      kind: 'refused',
      message:
        /can't be the name of a profile; write one, or remove the label if the pod is to have no proxy/,
    });
});

t.test('a profile may have such a name', async (t) => {
  const ask = async ({ path }: { readonly path: string }) =>
    path === `${MAPS}/ssec-proxy-enabled` ? { status: 200, body: profileMap() } : { status: 404, body: {} };
  t.equal((await admitted(asking('enabled'), { ask })).kind, 'injected');
});
