/** How the image starts the proxy: see ENV and ENTRYPOINT of the Dockerfile. */
export const IMAGE = {
  flags: ['--max-semi-space-size=2', '--v8-pool-size=2', '--no-parallel-scavenge', '--disable-sigusr1'],
  /** The loader says on standard error if it does not find the library: Debian's libjemalloc2. */
  env: {
    NODE_ENV: 'production',
    LD_PRELOAD: 'libjemalloc.so.2',
    MALLOC_CONF: 'background_thread:true,narenas:2,dirty_decay_ms:1000',
  },
};
