import { isLoopback } from './address.ts';
import { parseEndpoint } from './endpoint.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import { vaultAuth } from './schema/vault.ts';
import type { Config } from './schema.ts';
import { didYouMean } from './suggest.ts';

/** Checks the addresses, that each vault has one way to log in, and the references between keys and vaults. */
export function checkVaults({ vaults, keys }: Salvaged<Config>, report: Report): void {
  for (const [name, vault] of Object.entries(vaults ?? {})) {
    if (vault?.address !== undefined) checkAddress(vault.address, ['vaults', name, 'address'], report);
    if (vault?.auth !== undefined) checkAuth(Object.keys(vault.auth), ['vaults', name, 'auth'], report);
  }
  const used = new Set<string>();
  for (const [id, key] of Object.entries(keys ?? {})) {
    const server = key?.vault?.server;
    if (server === undefined || vaults === undefined) continue;
    used.add(server);
    const path: Path = ['keys', id, 'vault', 'server'];
    if (!Object.hasOwn(vaults, server)) {
      report.error(path, `unknown vault "${server}"`, didYouMean(server, Object.keys(vaults)));
    }
  }
  // A key that is broken or misspells a vault may mean the one that seems unused.
  const complete =
    Object.values(keys ?? {}).every((key) => key !== undefined) &&
    [...used].every((name) => Object.hasOwn(vaults ?? {}, name));
  for (const name of complete ? Object.keys(vaults ?? {}) : []) {
    if (!used.has(name)) report.warn(['vaults', name], 'no key uses this vault');
  }
}

function checkAddress(address: string, path: Path, report: Report): void {
  const parsed = parseEndpoint(address);
  if (parsed.kind === 'refused') report.error(path, parsed.message);
  else if (parsed.endpoint.protocol === 'http:' && !isLoopback(parsed.endpoint.hostname)) {
    report.error(path, 'keys would cross the network in clear text over http://', 'use https://');
  }
}

function checkAuth([first, ...others]: readonly string[], path: Path, report: Report): void {
  const names = Object.keys(vaultAuth());
  if (first === undefined) report.error(path, 'has no way to log in', `add one of ${names.join(', ')}`);
  for (const other of others) {
    report.errorAtKey(
      [...path, other],
      `the vault already has a way to log in: ${first}`,
      'remove one of them',
    );
  }
}
