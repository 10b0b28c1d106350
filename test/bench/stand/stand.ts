import type { Contestant } from './contestant.ts';
import { type Ground, makeGround } from './ground.ts';
import { startOrigin } from './origin.ts';
import { startProxy, startTogether } from './proxy.ts';
import type { Variant } from './proxy-config.ts';
import { startPlainNginx, startSigningNginx } from './relays.ts';
import { startVersitygw } from './versitygw.ts';

/** Who takes part beside the proxy. `direct` is the origin itself. */
export type Peer = 'direct' | 'nginx' | 'njs' | 'versitygw';

/** The origin and the contestants, each of which is started when a case asks for it. */
export class Stand {
  readonly ground: Ground;
  readonly origin: Contestant;
  readonly #main: string;
  readonly #running = new Map<string, Contestant>();

  private constructor(ground: Ground, origin: Contestant, main: string) {
    this.ground = ground;
    this.origin = origin;
    this.#main = main;
  }

  /** @param main the program of the proxy */
  static async open(main: string): Promise<Stand> {
    const ground = await makeGround();
    try {
      return new Stand(ground, await startOrigin(ground), main);
    } catch (error) {
      await ground.remove();
      throw error;
    }
  }

  peer(name: Peer): Promise<Contestant> {
    const { ground, origin } = this;
    return this.#started(name, () => PEERS[name](ground, origin));
  }

  /** The proxy, once for each variant, until endProxies. @param flags of Node */
  proxy(
    variant: Variant = {},
    flags: readonly string[] = [],
  ): Promise<Contestant & { readonly pid: number }> {
    const name = `ours ${JSON.stringify([variant, flags])}`;
    const setting = { main: this.#main, store: this.origin, variant, flags };
    return this.#started(name, () => startProxy(this.ground, name, setting));
  }

  /** A proxy for each variant, by the names that they have here, all in one process, until endProxies. */
  async together(variants: Readonly<Record<string, Variant>>): Promise<readonly Contestant[]> {
    const setting = { main: this.#main, store: this.origin };
    const all = await startTogether(this.ground, setting, variants);
    for (const one of all) this.#running.set(`ours together ${one.port}`, one);
    return all;
  }

  async endProxies(): Promise<void> {
    for (const [name, contestant] of this.#running)
      if (name.startsWith('ours ')) await this.#end(name, contestant);
  }

  async close(): Promise<void> {
    for (const [name, contestant] of this.#running) await this.#end(name, contestant);
    await this.origin.stop();
    await this.ground.remove();
  }

  async #started<T extends Contestant>(name: string, start: () => Promise<T>): Promise<T> {
    const known = this.#running.get(name) as T | undefined;
    if (known) return known;
    const contestant = await start();
    this.#running.set(name, contestant);
    return contestant;
  }

  async #end(name: string, contestant: Contestant): Promise<void> {
    this.#running.delete(name);
    await contestant.stop();
  }
}

const PEERS: Readonly<Record<Peer, (ground: Ground, origin: Contestant) => Promise<Contestant>>> = {
  direct: async (_, origin) => ({ ...origin, stop: async () => undefined }),
  nginx: startPlainNginx,
  njs: startSigningNginx,
  versitygw: startVersitygw,
};
