import type { Facts } from '#facts/facts.js';
import { readState } from '#resources/compare.js';
import type { Observation } from '#rules/observation.js';
import { evidence, inSync, violation } from '#rules/observe.js';
import type { KnownRuleId } from '#rules/rules.js';
import { textToBytes } from '#snapshot/bytes.js';
import { ownState, wantFile } from './edit-files.js';
import type { Wanted } from './policy.js';

export const MODPROBE_PATH = '/etc/modprobe.d/tsync-hv_utils.conf';

export interface DriverDecision {
  readonly wanted: readonly Wanted[];
  readonly observations: readonly Observation[];
}

/** Whether hv_utils itself disciplines the clock: `on` for host-only, off beside any daemon; now and after a boot. */
export function decideImplicit(facts: Facts, on: boolean): DriverDecision {
  return decideParameter(facts, 'timesync_implicit', on);
}

/** The same on EL6 with Linux Integration Services from 4.2 on, whose driver then sets the clock with every sample. */
export function decideAlways(facts: Facts): DriverDecision {
  return decideParameter(facts, 'timesync_mode', true);
}

function decideParameter(facts: Facts, name: 'timesync_implicit' | 'timesync_mode', on: boolean): DriverDecision {
  const rule: KnownRuleId = on ? 'hyperv/host-discipline' : 'hyperv/implicit-timesync';
  const parameter = `hv_utils.${name}`;
  const reading = readState('module-parameter', facts, parameter);
  if (!reading.known || reading.state === null) return { wanted: [], observations: [] };
  const wantedValue = on ? 'Y' : 'N';
  const hasFile = facts.files.get(MODPROBE_PATH)?.state === 'present';
  if (reading.state.value === wantedValue && !hasFile && !on) return { wanted: [], observations: [inSync(rule)] };
  const reasons = [{ rule, evidence: [evidence(`/sys/module/hv_utils/parameters/${name}`, reading.state.value)] }];
  const value = name === 'timesync_mode' ? wantedValue : on ? 1 : 0;
  const text = `# Made by tsync.\noptions hv_utils ${name}=${value}\n`;
  return {
    wanted: [
      wantFile(MODPROBE_PATH, ownState(textToBytes(text)), reasons),
      {
        resource: { kind: 'module-parameter', name: parameter, desired: { value: wantedValue }, because: rule },
        reasons,
      },
    ],
    observations: [],
  };
}

/** A Hyper-V guest whose driver runs has the PTP clock, unless the kernel is too old or the host has TimeSync off. */
export function observePtpOffered(facts: Facts): Observation[] {
  const isHyperv = facts.virtualization.value === 'hyperv' || facts.cloud.value === 'azure';
  const devices = facts.ptp.value;
  if (!isHyperv || devices === null) return [];
  const names = devices.map((device) => evidence(`/sys/class/ptp/${device.device}/clock_name`, device.clockName));
  if (devices.some((device) => device.clockName === 'hyperv')) return [inSync('hyperv/ptp-offered', names)];
  return [violation('hyperv/ptp-offered', 'no PTP clock named hyperv', 'a PTP clock named hyperv', names)];
}
