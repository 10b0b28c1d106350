import { Rationed } from '../rationed.ts';
import type { FrontFault } from './front.ts';

/** What to do about each, for the log. */
const REMEDIES: Readonly<Record<FrontFault, string>> = {
  untrusted:
    'the connection came from an address that is not in trusted of its listener: add it if it is a load balancer, and have clients ask the load balancer',
  malformed:
    'the connection did not begin with a header of the PROXY protocol: switch that on at the load balancer, or proxyProtocol off',
  cut: 'the connection ended in its header of the PROXY protocol',
};

interface FrontFaultLine {
  readonly reason: FrontFault;
  /** Who held the connection. */
  readonly remote: string | undefined;
  readonly cause: string;
  /** Faults since the last line that have none. */
  readonly untold?: number;
}

/** Connections that did not say, as their listener demands, whose they are: counted, and told now and then. */
export class FrontFaults {
  /** Takes a line for the log. */
  tell: (line: FrontFaultLine) => void = () => {};
  readonly #counts = new Map<FrontFault, number>();
  readonly #lines = new Rationed();

  /** @param now in milliseconds, of a clock that only goes on */
  add(reason: FrontFault, remote: string | undefined, now = performance.now()): void {
    this.#counts.set(reason, this.count(reason) + 1);
    const room = this.#lines.take(now);
    if (room) this.tell({ reason, remote, cause: REMEDIES[reason], ...room });
  }

  count(reason: FrontFault): number {
    return this.#counts.get(reason) ?? 0;
  }
}
