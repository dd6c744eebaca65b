import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { Reading } from '../reading.js';

/** A service as the facts show it; a unit that systemd does not find is absent. `activating` and `reloading` count as active. */
export function readService(facts: Facts, unit: string): Reading<'service'> {
  const service = facts.services.get(unit);
  if (service === undefined)
    return { known: false, problem: unknown(`${unit} was not among the units that were asked for.`) };
  const links = service.links.filter((link) => !isMask(link)).toSorted();
  if (service.loadState === 'not-found' && links.length === 0) return { known: true, state: null };
  const active = ACTIVE.get(service.activeState);
  if (active === undefined) {
    return { known: false, problem: unknown(`The state of ${unit} is "${printable(service.activeState)}".`) };
  }
  return { known: true, state: { active, links, masked: service.masked } };
}

const ACTIVE = new Map([
  ['active', true],
  ['activating', true],
  ['reloading', true],
  ['refreshing', true],
  ['inactive', false],
  ['deactivating', false],
  ['failed', false],
]);

function isMask(link: string): boolean {
  return link.endsWith(' -> /dev/null');
}

function unknown(detail: string) {
  return problem('resources/service-unknown', detail);
}
