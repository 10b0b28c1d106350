#!/usr/bin/env -S node --max-semi-space-size=2 --v8-pool-size=2 --no-parallel-scavenge
// Node.js of every age reads this file, and only one that is new enough goes on: nothing here but what is old, no import
// at the top. A test holds the number against package.json.
const NEEDED = 24;

// By default Node.js opens its debugger on SIGUSR1, and anyone who reaches that reads every key. A program that listens for the
// signal has it instead. Before anything is loaded; --disable-sigusr1 of Node.js, as in the image, is earlier still.
process.on('SIGUSR1', function ignore() {});

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  const { node } = process.versions;
  process.stderr.write(`ssec-proxy needs Node.js ${NEEDED} or newer; this is Node.js ${node}\n`);
  process.exitCode = 1;
} else {
  void import('./cli/process.ts').then(({ runProcess }) => runProcess());
}
