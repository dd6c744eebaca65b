import type { Facts } from '#facts/facts.js';
import { ownState, wantFile } from './chrony-files.js';
import type { ChronyHost } from './chrony-host.js';
import type { RefclockDecision } from './decide-refclock.js';
import { evidence } from './observe.js';
import type { Reason, Wanted } from './policy.js';
import {
  dropIn,
  dropInPath,
  REFCLOCK_SCRIPT_PATH,
  refclockScript,
  snippetPlace,
  UDEV_RULE,
  UDEV_RULE_PATH,
} from './refclock.js';

/** The script, the drop-in that runs it and the udev rule: made, removed, or left, as the decision says. */
export function refclockFiles(facts: Facts, host: ChronyHost, decision: RefclockDecision['refclock']): Wanted[] {
  switch (decision.by) {
    case 'left':
      return [];
    case 'none':
      return [REFCLOCK_SCRIPT_PATH, dropInPath(host), UDEV_RULE_PATH].flatMap((path) => removed(facts, path));
    case 'image':
      return [...[REFCLOCK_SCRIPT_PATH, dropInPath(host)].flatMap((path) => removed(facts, path)), ...udevRule(facts)];
    case 'ours':
      return [...madeFiles(host, decision.options), ...udevRule(facts)];
  }
}

function madeFiles(host: ChronyHost, options: string): Wanted[] {
  const script = refclockScript(host, snippetPlace(host), options);
  const reasons: Reason[] = [
    { rule: 'phc/configured', evidence: [evidence('/sys/class/ptp', 'a clock named hyperv')] },
  ];
  return [
    wantFile(REFCLOCK_SCRIPT_PATH, ownState(script, '0755'), reasons),
    wantFile(dropInPath(host), ownState(dropIn(host)), reasons),
  ];
}

/** Only where systemd's own rules do not make the name, or where our rule is what makes it. */
function udevRule(facts: Facts): Wanted[] {
  const clock = facts.ptp.value?.find((device) => device.clockName === 'hyperv');
  if (clock === undefined) return [];
  const isOurs = facts.files.get(UDEV_RULE_PATH)?.state === 'present';
  if (clock.symlinks.includes('/dev/ptp_hyperv') && !isOurs) return [];
  const names = clock.symlinks.length === 0 ? 'no other name' : clock.symlinks.join(' ');
  return [
    wantFile(UDEV_RULE_PATH, ownState(UDEV_RULE), [
      { rule: 'phc/symlink', evidence: [evidence(`/dev/${clock.device}`, names)] },
    ]),
  ];
}

function removed(facts: Facts, path: string): Wanted[] {
  if (facts.files.get(path)?.state !== 'present') return [];
  return [wantFile(path, null, [{ rule: 'phc/unwanted', evidence: [evidence(path, 'made by tsync')] }])];
}
