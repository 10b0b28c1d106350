import t from 'tap';

/**
 * What a file throws after its test has ended (from a timer, a socket) belongs to no test, and would end the process and
 * with it the files that follow. Here it is a failure of the group instead; the stack says whose.
 */
export function keepLateErrors(): void {
  process.on('uncaughtExceptionMonitor', (error) => {
    // tap's own monitor was asked before this one. It sets the callback when a test takes the error.
    if (process.hasUncaughtExceptionCaptureCallback()) return;
    process.setUncaughtExceptionCaptureCallback(() => process.setUncaughtExceptionCaptureCallback(null));
    t.fail(`thrown after its test had ended: ${error.message}`, { at: null, stack: error.stack ?? '' });
  });
}
