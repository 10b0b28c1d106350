import { networkMeant, parseNetwork } from '../listener/trusted.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** Who is believed to speak for clients. */
export function checkFronts({ listen }: Salvaged<Config>, report: Report): void {
  for (const [index, listener] of (listen ?? []).entries()) {
    if (listener === undefined) continue;
    const path: Path = ['listen', index];
    const { trusted = [], address = '' } = listener;
    const believing = (['proxyProtocol', 'forwardedFor'] as const).find((name) => listener[name] === true);
    if (believing === undefined) {
      if (trusted.length > 0)
        report.warn(
          [...path, 'trusted'],
          'has no effect without proxyProtocol or forwardedFor',
          'set the one that the load balancer speaks, or remove it',
        );
      continue;
    }
    // What a unix socket brings is believed anyway.
    if (trusted.length === 0 && !address.startsWith('unix:'))
      report.error(
        [...path, believing],
        'no load balancer is named that may speak for clients',
        'add trusted: [NETWORK] with its addresses, as in trusted: ["10.0.0.0/8"]',
      );
    for (const [at, text] of trusted.entries()) {
      const meant = text === undefined ? undefined : networkMeant(text);
      if (meant !== undefined)
        report.warn(
          [...path, 'trusted', at],
          `an address with the length of a network: all of ${meant} is trusted`,
          `write ${meant}, or the address alone`,
        );
      if (text === undefined || parseNetwork(text)?.prefix !== 0) continue;
      report.warn(
        [...path, 'trusted', at],
        'everybody is trusted, so that every client can say it has another address',
        'name the networks of the load balancers',
      );
    }
  }
}
