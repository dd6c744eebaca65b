import type { Facts } from '#facts/facts.js';
import { evidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { violation } from '#rules/observe.js';
import { judgeClockControl } from './observe-host.js';

/** What decisions about resources would say, on a host that tsync does not set: it is said all the same. */
export function observeOutside(facts: Facts): Observation[] {
  const active = facts.daemons.filter((one) => one.active.value === true);
  const found: Observation[] = [];
  if (active.length > 1) {
    const names = active.map(({ name }) => name).join(' and ');
    const seen = active.map(({ name, unit }) => evidence(unit ?? name, 'active'));
    found.push(violation('daemon/single', names, 'one time daemon', seen));
  }
  const implicit = facts.hyperv.parameters.value?.timesync_implicit;
  if (implicit !== undefined && /^[Yy1]/.test(implicit) && active.length > 0) {
    const seen = [evidence('/sys/module/hv_utils/parameters/timesync_implicit', implicit)];
    found.push(violation('hyperv/implicit-timesync', implicit, 'N beside a daemon', seen));
  }
  const control = judgeClockControl(facts);
  if (control.problem !== null) found.push(...control.observations);
  return found;
}
