import { checkAdmin } from './admin-checks.ts';
import { checkClients } from './client-checks.ts';
import { checkDialects } from './dialect-checks.ts';
import { checkCustomDomains, checkDomains } from './domain-checks.ts';
import { checkEndpoints } from './endpoint-checks.ts';
import { checkFronts } from './front-checks.ts';
import { checkKeySources } from './key-sources.ts';
import { checkAddresses, checkListeners } from './listener-checks.ts';
import { checkNames } from './name-checks.ts';
import type { Report } from './problem.ts';
import { checkReach } from './reach.ts';
import { checkReserved } from './reserved-checks.ts';
import { checkRings } from './ring-checks.ts';
import { checkRules } from './rule-checks.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { checkUpstreams } from './upstream-checks.ts';
import { checkUsefulness } from './usefulness.ts';
import { checkVaults } from './vault-checks.ts';

export type SalvagedConfig = Salvaged<Config>;

/** Checks that need more than one field, on all parts of the config that are valid in themselves. */
export function checkSemantics(config: SalvagedConfig, report: Report, now: Date): void {
  checkListeners(config, report);
  checkFronts(config, report);
  checkAddresses(config, report);
  checkAdmin(config, report);
  checkDomains(config, report);
  checkCustomDomains(config, report);
  checkClients(config, report);
  checkUpstreams(config, report);
  checkEndpoints(config, report);
  checkDialects(config, report);
  checkNames(config, report);
  checkKeySources(config, report);
  checkVaults(config, report);
  checkRules(config, report);
  checkReserved(config, report);
  checkRings(config, report, now);
  checkReach(config, report);
  checkUsefulness(config, report);
}
