import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/**
 * Several proxies in one process: `together.js MAIN PROXIES`, the latter as JSON, each with its config, its port and what it
 * adds to the environment. They run the same functions, so that what the compiler makes of these differs for none of them.
 * JavaScript, as stripping types takes 20 MiB.
 */
const [main, proxies] = process.argv.slice(2);
const [program] = process.argv;
for (const [index, { config, port, env }] of JSON.parse(proxies).entries()) {
  process.argv = [program, main, 'serve', config];
  Object.assign(process.env, env);
  // With a query it is another module, whose imports are the same ones.
  await import(`${pathToFileURL(main)}?${index}`);
  // By then it has read its command line.
  while (!(await answers(port))) await pause(20);
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
