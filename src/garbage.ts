/**
 * Collects what the start has left behind, and gives its memory back, before anybody can be kept waiting by it. V8 would
 * keep it: a process that is idle allocates too little to have a reason. Only where Node.js was started with --expose-gc.
 */
export function collectGarbage(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
