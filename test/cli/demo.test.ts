import { readdir } from 'node:fs/promises';
import t from 'tap';
import { folderOf, runProgram } from '../e2e/process.ts';

t.test('shows the proof, prints commands to paste, and leaves nothing behind', async (t) => {
  const folder = await folderOf(t, {});
  const demo = runProgram(t, ['demo'], { TMPDIR: folder });
  const text = await demo.until(/Stop with Ctrl-C/);
  t.match(text, /^ssec-proxy is up/, 'nothing comes before it');
  t.notMatch(text.split('Stop with Ctrl-C')[0], '"level"', 'no log line is among it');
  t.match(text, /PUT https:\/\/localhost:\d+\/demo\/hello\.txt\n {4}→ 200/);
  t.match(text, /GET https:\/\/localhost:\d+\/demo\/hello\.txt\n {4}→ 200 Hello, SSE-C!/);
  t.match(
    text,
    /GET https:\/\/localhost:\d+\/demo\/hello\.txt\n {4}→ 400 InvalidRequest: The object was stored/,
  );
  t.match(text, /aws --endpoint-url https:\/\/localhost:\d+ s3 cp/);
  t.match(text, /curl --cacert \S+\/ca\.pem /);
  t.match(text, folder, 'its files lie in the folder for temporary files');
  demo.child.kill('SIGINT');
  t.same(await demo.exited, [0, null]);
  t.equal(demo.stderr(), '', 'no warning of Node was printed');
  t.same(await readdir(folder), []);
});

t.test('takes no arguments', async (t) => {
  const demo = runProgram(t, ['demo', 'now']);
  t.same(await demo.exited, [2, null]);
  t.match(demo.stderr(), /^Usage: ssec-proxy demo/m);
});
