import { isAtLeast, SINCE } from '#config/chrony-version.js';
import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { type HostClock, hostClockOf, isClockOf } from '#platforms/host-clocks.js';
import { whyNoStartHook } from './start-hook.js';

/** The PTP clock of the VM's host, or in a full sentence why chrony cannot use one here. */
export type PtpOffer =
  | { readonly usable: true; readonly clock: HostClock }
  | { readonly usable: false; readonly clock: HostClock | null; readonly reason: string };

export function findPtpOffer(facts: Facts, host: ChronyHost): PtpOffer {
  const clock = hostClockOf(facts);
  if (clock === null) return { usable: false, clock, reason: 'This platform has no PTP clock that tsync knows.' };
  if (facts.ptp.value === null)
    return { usable: false, clock, reason: `The PTP clocks of this host are not known: ${facts.ptp.reason}` };
  if (!facts.ptp.value.some((device) => isClockOf(clock, device.clockName))) {
    return { usable: false, clock, reason: clock.missing(facts) };
  }
  if (!isAtLeast(host.version, SINCE.includePattern)) {
    const reason = 'chrony before 2.2 cannot take a refclock in only if its device is there.';
    return { usable: false, clock, reason };
  }
  const reason = whyNoStartHook(facts, host);
  if (reason !== null) return { usable: false, clock, reason };
  return { usable: true, clock };
}

/** On a host whose clock another daemon keeps: none of them reads a PTP clock by its name. */
export function offerWithoutChrony(facts: Facts, daemon: string): PtpOffer {
  const clock = hostClockOf(facts);
  if (clock === null) return { usable: false, clock, reason: 'This platform has no PTP clock that tsync knows.' };
  if (isClockMissing(facts)) return { usable: false, clock, reason: clock.missing(facts) };
  return { usable: false, clock, reason: `${daemon} cannot read a PTP clock: only chrony can.` };
}

/** Known to have no PTP clock that a guest of its platform may follow; false also where that is not known. */
export function isClockMissing(facts: Facts): boolean {
  const clock = hostClockOf(facts);
  if (clock === null) return true;
  return facts.ptp.value?.some((device) => isClockOf(clock, device.clockName)) === false;
}
