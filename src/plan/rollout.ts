/** Hosts or a share of them: `3`, `10%`. */
export type Amount = number | `${number}%`;

/**
 * Splits hosts into waves as Ansible's `serial` does: each entry is the size of one wave, the last one repeats until all are
 * placed; a share is of all hosts, rounded down, and never less than one host. `first`: with the size of this wave (from 1)
 * it begins; no host is left out.
 */
export function waves<T>(items: readonly T[], serial: readonly Amount[], first = 1): readonly (readonly T[])[] {
  const result: (readonly T[])[] = [];
  for (let at = 0, wave = first - 1; at < items.length; wave++) {
    const size = amountOf(serial[Math.min(wave, serial.length - 1)] ?? '100%', items.length);
    result.push(items.slice(at, at + size));
    at += size;
  }
  return result;
}

/** True while no more than `maxFail` of all hosts have failed; a share is rounded down. */
export function mayGoOn(failed: number, total: number, maxFail: Amount): boolean {
  return failed <= (typeof maxFail === 'number' ? maxFail : Math.floor((Number.parseFloat(maxFail) / 100) * total));
}

function amountOf(amount: Amount, total: number): number {
  const hosts = typeof amount === 'number' ? amount : Math.floor((Number.parseFloat(amount) / 100) * total);
  return Math.max(1, hosts);
}
