import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from './chrony-host.js';
import type { RefclockDecision } from './decide-refclock.js';
import { ownState, wantFile } from './edit-files.js';
import { type HostClock, isClockOf } from './host-clocks.js';
import { evidence } from './observe.js';
import type { Reason, Wanted } from './policy.js';
import { dropIn, dropInPath, REFCLOCK_SCRIPT_PATH, refclockScript, UDEV_RULE_PATH, udevRule } from './refclock.js';

/** The script, the drop-in that runs it and the udev rule: made, removed, or left, as the decision says. */
export function refclockFiles(facts: Facts, host: ChronyHost, decision: RefclockDecision['refclock']): Wanted[] {
  switch (decision.by) {
    case 'left':
      return [];
    case 'none':
      return [REFCLOCK_SCRIPT_PATH, dropInPath(host), UDEV_RULE_PATH].flatMap((path) => removed(facts, path));
    case 'image':
      return [
        ...[REFCLOCK_SCRIPT_PATH, dropInPath(host)].flatMap((path) => removed(facts, path)),
        ...nameOf(facts, decision.clock),
      ];
    case 'ours':
      return [...madeFiles(host, decision.clock, decision.options), ...nameOf(facts, decision.clock)];
  }
}

function madeFiles(host: ChronyHost, clock: HostClock, options: string): Wanted[] {
  const script = refclockScript(host, clock, options);
  const reasons: Reason[] = [
    { rule: 'phc/configured', evidence: [evidence('/sys/class/ptp', `a clock named ${clock.name}`)] },
  ];
  return [
    wantFile(REFCLOCK_SCRIPT_PATH, ownState(script, '0755'), reasons),
    wantFile(dropInPath(host), ownState(dropIn(host)), reasons),
  ];
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
