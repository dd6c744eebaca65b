import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from './chrony-host.js';
import { isAtLeast, SINCE } from './chrony-version.js';

/** The PTP clock of the Hyper-V host, or in a full sentence why chrony cannot use one here. */
export type PtpOffer = { readonly usable: true } | { readonly usable: false; readonly reason: string };

export function findPtpOffer(facts: Facts, host: ChronyHost): PtpOffer {
  if (facts.ptp.value === null)
    return { usable: false, reason: `The PTP clocks of this host are not known: ${facts.ptp.reason}` };
  if (!facts.ptp.value.some((device) => device.clockName === 'hyperv')) {
    return { usable: false, reason: 'This host has no PTP clock named hyperv.' };
  }
  if (!isAtLeast(host.version, SINCE.includePattern)) {
    return { usable: false, reason: 'chrony before 2.2 cannot take a refclock in only if its device is there.' };
  }
  return { usable: true };
}
