import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { type HostClock, isClockOf } from '#platforms/host-clocks.js';
import { evidence } from '#rules/evidence.js';
import type { RefclockDecision } from './decide-refclock.js';
import { ownState, wantFile } from './edit-files.js';
import type { Reason, Wanted } from './policy.js';
import { REFCLOCK_SCRIPT_PATH, refclockScript, UDEV_RULE_PATH, udevRule } from './refclock.js';
import { dropStartHook, wantStartHook } from './start-hook.js';

/** The script, what runs it and the udev rule: made, removed, or left, as the decision says. */
export function refclockFiles(facts: Facts, host: ChronyHost, decision: RefclockDecision['refclock']): Wanted[] {
  switch (decision.by) {
    case 'left':
      return [];
    case 'none':
      return [...dropped(facts, host), ...removed(facts, UDEV_RULE_PATH)];
    case 'image':
      return [...dropped(facts, host), ...nameOf(facts, decision.clock)];
    case 'ours':
      return [...madeFiles(facts, host, decision.clock, decision.options), ...nameOf(facts, decision.clock)];
  }
}

function madeFiles(facts: Facts, host: ChronyHost, clock: HostClock, options: string): Wanted[] {
  const script = refclockScript(host, clock, options);
  const reasons: Reason[] = [
    { rule: 'phc/configured', evidence: [evidence('/sys/class/ptp', `a clock named ${clock.name}`)] },
  ];
  return [wantFile(REFCLOCK_SCRIPT_PATH, ownState(script, '0755'), reasons), ...wantStartHook(facts, host, reasons)];
}

function dropped(facts: Facts, host: ChronyHost): Wanted[] {
  return [...removed(facts, REFCLOCK_SCRIPT_PATH), ...dropStartHook(facts, host)];
}

/** Only where systemd's own rules do not make the name, or where our rule is what makes it. */
function nameOf(facts: Facts, clock: HostClock): Wanted[] {
  const device = facts.ptp.value?.find(({ clockName }) => isClockOf(clock, clockName));
  if (device === undefined) return [];
  const isOurs = facts.files.get(UDEV_RULE_PATH)?.state === 'present';
  if (device.symlinks.includes(clock.link) && !isOurs) return [];
  const names = device.symlinks.length === 0 ? 'no other name' : device.symlinks.join(' ');
  return [
    wantFile(UDEV_RULE_PATH, ownState(udevRule(clock)), [
      { rule: 'phc/symlink', evidence: [evidence(`/dev/${device.device}`, names)] },
    ]),
  ];
}

function removed(facts: Facts, path: string): Wanted[] {
  if (facts.files.get(path)?.state !== 'present') return [];
  return [wantFile(path, null, [{ rule: 'phc/unwanted', evidence: [evidence(path, 'made by tsync')] }])];
}
