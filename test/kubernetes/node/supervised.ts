import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from '../cluster/objects.ts';
import type { Contained } from './container.ts';
import { type Asked, succeeds, watchProbe } from './probe.ts';

type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** How to start a container once more. */
export type Starter = (restarts: number) => Promise<Contained>;

const BACKOFF_MS = 1000;

/** A container that is started again where its policy says so, with its probes. */
export class Supervised {
  readonly container: Container;
  /** With what it ended for good; undefined for one that was told to. */
  readonly ended: Promise<number | undefined>;
  restarts = 0;
  ready = false;
  /** Did its start succeed? It stays so until it is started again. */
  started = false;
  running = false;
  exitCode: number | undefined;
  fault = '';
  readonly #policy: RestartPolicy;
  readonly #address: string;
  readonly #stopped = new AbortController();
  #current: Contained | undefined;

  constructor(container: Container, policy: RestartPolicy, address: string, start: Starter) {
    this.container = container;
    this.#policy = policy;
    this.#address = address;
    this.ended = this.#supervise(start);
  }

  /** What preStop says, then SIGTERM, and SIGKILL when `graceSeconds` are over. */
  async stop(graceSeconds: number): Promise<void> {
    if (this.#stopped.signal.aborted) return void (await this.ended);
    this.#stopped.abort();
    const late = setTimeout(() => void this.#current?.signal('KILL'), graceSeconds * 1000);
    const running = this.#current;
    const { preStop } = this.container.lifecycle ?? {};
    if (running && preStop) await succeeds(preStop, this.#asked(running), graceSeconds);
    await running?.signal('TERM');
    await this.ended;
    clearTimeout(late);
  }

  async #supervise(start: Starter): Promise<number | undefined> {
    while (!this.#stopped.signal.aborted) {
      const code = await this.#once(start);
      this.exitCode = code;
      if (this.#stopped.signal.aborted) return code;
      if (this.#policy === 'Never' || (this.#policy === 'OnFailure' && code === 0)) return code;
      this.restarts += 1;
      await pause(BACKOFF_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
    return this.exitCode;
  }

  async #once(start: Starter): Promise<number> {
    try {
      const running = await start(this.restarts);
      this.#current = running;
      this.running = true;
      const over = new AbortController();
      const probes = this.#probe(running, over.signal);
      // A stop that came while it started found nothing to tell.
      if (this.#stopped.signal.aborted) await running.signal('TERM');
      const code = await running.exited;
      over.abort();
      await probes;
      return code;
    } catch (error) {
      this.fault = String(error);
      return 128;
    } finally {
      this.#current = undefined;
      this.running = false;
      this.ready = false;
      this.started = false;
    }
  }

  async #probe(running: Contained, over: AbortSignal): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.container;
    const asked = this.#asked(running);
    if (startupProbe) {
      await watchProbe(startupProbe, asked, over, (holds) => {
        if (!holds) void running.signal('TERM');
        this.started = holds;
        return 'enough';
      });
      if (!this.started) return;
    }
    this.started = true;
    this.ready = !readinessProbe;
    const readiness =
      readinessProbe &&
      watchProbe(readinessProbe, asked, over, (holds) => {
        this.ready = holds;
        return 'go on';
      });
    const liveness =
      livenessProbe &&
      watchProbe(livenessProbe, asked, AbortSignal.any([over, this.#stopped.signal]), (holds) => {
        if (!holds) void running.signal('TERM');
        return holds ? 'go on' : 'enough';
      });
    await Promise.all([readiness, liveness]);
  }

  #asked(running: Contained): Asked {
    return { container: this.container, address: this.#address, running };
  }
}
