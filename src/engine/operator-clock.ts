import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { trackingOf } from '#facts/chrony-readings.js';
import type { OperatorClock } from '#run/event.js';

const CHRONYC_DEADLINE_MS = 1500;

/**
 * What is known of the clock that every host is measured against: our own. Asks a running chronyd, then looks for the mark
 * of systemd-timesyncd (`/run/systemd/timesync/synchronized`, systemd-timesyncd.service(8)). Never throws.
 */
export async function readOperatorClock(): Promise<OperatorClock> {
  const printed = await chronyTracking();
  const tracking = printed === null ? null : trackingOf(printed).value;
  if (tracking) {
    const synchronised = tracking.leap !== 'Not synchronised' && tracking.stratum > 0;
    const boundMs = (tracking.rootDelaySeconds / 2 + tracking.rootDispersionSeconds) * 1000;
    return synchronised
      ? { synchronised, detail: `chronyd, stratum ${tracking.stratum}, ±${boundMs.toFixed(1)} ms` }
      : { synchronised, detail: 'chronyd runs here but is not synchronised' };
  }
  if (existsSync('/run/systemd/timesync/synchronized')) return { synchronised: true, detail: 'systemd-timesyncd' };
  return { synchronised: null, detail: 'no time daemon could be asked on this machine' };
}

function chronyTracking(): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: CHRONYC_DEADLINE_MS, maxBuffer: 4096, env: { ...process.env, LC_ALL: 'C' } };
    execFile('chronyc', ['-c', '-n', 'tracking'], options, (error, stdout) => resolve(error ? null : stdout));
  });
}
