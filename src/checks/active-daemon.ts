import type { DaemonName, Facts } from '#facts/facts.js';

/** Which daemon is asked about the clock: chronyd first, which tsync may just have put in another's place. */
export function activeDaemon({ daemons }: Facts): DaemonName | null {
  const active = daemons.filter((one) => one.active.value === true).map(({ name }) => name);
  return ORDER.find((name) => active.includes(name)) ?? null;
}

const ORDER = ['chrony', 'timesyncd', 'ntpd', 'ntpsec', 'openntpd'] as const;
