import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { createReport } from '../../src/config/problem.ts';
import { checkAuthorities } from '../../src/config/tls.ts';

t.test('authorities of a file that is cut off are not used without the others', async (t) => {
  const { ca } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  for (const [text, truncated, problem] of [
    [`${ca}${ca}`, false, undefined],
    [`${ca}${ca.slice(0, 300)}`, false, 'the file has no certificate in PEM format, or a broken one'],
    [ca, true, 'the file is larger than 1 MiB'],
  ] as const) {
    const report = createReport(() => ({ line: 1, column: 1 }));
    const content = { bytes: Buffer.from(text), mode: 0o644, truncated };
    const used = checkAuthorities(content, ['upstream', 'ca'], report);
    t.equal(used, problem === undefined ? text : undefined);
    t.same(
      report.problems().map(({ message }) => message),
      problem === undefined ? [] : [problem],
    );
  }
});
