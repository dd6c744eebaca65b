import { HostTrouble } from '#errors/host-trouble.js';
import type { Facts } from '#facts/facts.js';
import { unsettledOn } from '#plan/open-transactions.js';

/** An image tree in which something is open is built upon by nobody. Throws `HostTrouble`. */
export function refuseOpenImage(facts: Facts): void {
  const unsettled = unsettledOn(facts);
  if (facts.place === 'image' && unsettled.kind !== 'none') throw new HostTrouble(unsettled.problem);
}
