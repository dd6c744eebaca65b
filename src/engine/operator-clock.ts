import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { trackingOf } from '#facts/chrony-readings.js';
import { chronySynchronised } from '#facts/clock-readings.js';
import type { ChronyTracking, Fact } from '#facts/facts.js';
import type { OperatorClock } from '#run/event.js';
import { secondsText } from '#units/seconds.js';

const CHRONYC_DEADLINE_MS = 1500;

/**
 * What is known of the clock that every host is measured against: our own. Asks a running chronyd, then looks for the mark
 * of systemd-timesyncd (`/run/systemd/timesync/synchronized`, systemd-timesyncd.service(8)). Never throws.
 */
export async function readOperatorClock(): Promise<OperatorClock> {
  const printed = await chronyTracking();
  return operatorClockOf(
    printed === null ? null : trackingOf(printed),
    existsSync('/run/systemd/timesync/synchronized'),
  );
}

/** `tracking`: what a chronyd here said; null: none answered. `hasMark`: systemd-timesyncd left its mark. */
export function operatorClockOf(tracking: Fact<ChronyTracking> | null, hasMark: boolean): OperatorClock {
  if (tracking !== null && tracking.value !== null) {
    const { value: synchronised } = chronySynchronised(tracking.value);
    return { synchronised, detail: detailOf(tracking.value, synchronised) };
  }
  if (hasMark) return { synchronised: true, detail: 'systemd-timesyncd' };
  return { synchronised: null, detail: 'no time daemon could be asked on this machine' };
}

function detailOf(tracking: ChronyTracking, synchronised: boolean | null): string {
  if (synchronised === null) return 'chronyd runs here and does not say whether it is synchronised';
  if (!synchronised) return 'chronyd runs here but is not synchronised';
  const boundSeconds = tracking.rootDelaySeconds / 2 + tracking.rootDispersionSeconds;
  return `chronyd, stratum ${tracking.stratum}, ±${secondsText(boundSeconds)}`;
}

function chronyTracking(): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: CHRONYC_DEADLINE_MS, maxBuffer: 4096, env: { ...process.env, LC_ALL: 'C' } };
    execFile('chronyc', ['-c', '-n', 'tracking'], options, (error, stdout) => resolve(error ? null : stdout));
  });
}
