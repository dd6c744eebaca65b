import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, HypervFacts } from './facts.js';
import type { KernelLog } from './kernel-log.js';
import type { Sections } from './sections.js';

/** What the guest knows of its Hyper-V host. On any other machine everything is null with that reason. */
export function hypervOf(sections: Sections, log: KernelLog): HypervFacts {
  const seen = readHyperv(sections);
  const guest: Fact<Seen> = whenKnown(seen, (found) =>
    found.vmbus ? known(found) : unknown('there is no VMBus: not a Hyper-V guest'),
  );
  return {
    hostBuild: whenKnown(guest, () => hostBuild(log)),
    timeSyncVersion: whenKnown(guest, (found) => timeSyncVersion(log, found)),
    lis: whenKnown(guest, (found) => lis(sections, log, found)),
    moduleLoaded: whenKnown(seen, (found) => known(found.loaded)),
    timeSyncOffered: whenKnown(guest, (found) =>
      found.classes.length === 0
        ? unknown('no device of VMBus could be read')
        : known(found.classes.includes(TIMESYNC_CLASS)),
    ),
    parameters: whenKnown(seen, (found) => parameters(found)),
  };
}

interface Seen {
  readonly vmbus: boolean;
  readonly classes: readonly string[];
  readonly loaded: boolean;
  readonly versions: readonly string[];
  readonly parameters: ReadonlyMap<string, string | null>;
}

function readHyperv(sections: Sections): Fact<Seen> {
  return whenKnown(sections.whole('hyperv', '/sys/bus/vmbus'), (text) => {
    const lines = text.split('\n');
    if (!lines.includes('looked')) return unknown('/sys could not be read');
    const named = (word: string) =>
      lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
    const drivers = named('driver');
    return known({
      vmbus: lines.includes('vmbus'),
      classes: named('class').map((value) => value.toLowerCase()),
      // a driver that is built into the kernel has no folder below /sys/module unless it has parameters
      loaded: named('module').includes('hv_utils') || drivers.includes('hv_utils') || drivers.includes('hv_util'),
      versions: named('version').flatMap((line) => line.split('=').slice(1)),
      parameters: new Map(named('parameter').map(splitParameter)),
    });
  });
}

function splitParameter(line: string): readonly [string, string | null] {
  const match = /^([A-Za-z0-9_]{1,64})(=|!denied$)(.*)$/.exec(line);
  if (!match?.[1]) return ['', null];
  return [match[1], match[2] === '=' ? shown(match[3] ?? '') : null];
}

/** Five shapes in two orders: `14393-10.0-0-0.280` (build first) and `10.0.20348.3020-3-0` (version first). */
function hostBuild(log: KernelLog): Fact<string> {
  for (const line of log.lines) {
    const text = /Hyper-V:? (?:Host|Hypervisor) Build[: ]\s*([0-9.-]{1,60})/.exec(line)?.[1];
    const build =
      text && (/^[0-9]{1,3}\.[0-9]{1,3}\.([0-9]{4,6})(?:\.|-|$)/.exec(text)?.[1] ?? /^([0-9]{4,6})-/.exec(text)?.[1]);
    if (build) return known(build);
  }
  return unknown(
    log.trouble ?? 'the kernel log has no line with the build of the host: lost, or never printed by this kernel',
  );
}

/** `TimeSync IC version 4.0`, and `Using TimeSync version 4.0` in 4.9 and 4.10. The last one counts: a resume renegotiates. */
function timeSyncVersion(log: KernelLog, seen: Seen): Fact<string> {
  for (let at = log.lines.length - 1; at >= 0; at -= 1) {
    const version = /TimeSync (?:IC )?version ([0-9]{1,3}\.[0-9]{1,3})/.exec(log.lines[at] ?? '')?.[1];
    if (version) return known(version);
  }
  if (seen.classes.length > 0 && !seen.classes.includes(TIMESYNC_CLASS))
    return unknown('the host does not offer TimeSync to this machine');
  return unknown(log.trouble ?? 'the kernel log has no TimeSync line: lost, or never printed by this kernel');
}

/** The class of the TimeSync channel on VMBus. */
export const TIMESYNC_CLASS = '{9527e630-d0ae-497b-adce-e80ab0175caf}';

/** A dotted version other than the kernel's old own `3.1`, or a module outside the kernel's tree, was downloaded. */
function lis(sections: Sections, log: KernelLog, seen: Seen): HypervFacts['lis'] {
  const modinfo = sections.text('modinfo');
  const logged = log.lines.flatMap((line) => /Vmbus LIS version:\s*([0-9.]{1,20})/.exec(line)?.[1] ?? []);
  const printed = [...modinfo.matchAll(/^version:[ \t]*(\S{1,40})/gm)].map((match) => match[1] ?? '');
  const packaged = sections
    .lines('packages:rpm')
    .flatMap((line) => /^kmod-microsoft-hyper-v ([0-9][0-9.]{0,20})/.exec(line)?.[1] ?? []);
  const versions = [...seen.versions, ...printed, ...logged, ...packaged].filter(
    (version) => version !== '' && version !== '3.1',
  );
  const version = versions[0];
  if (version !== undefined) return known({ kind: 'downloaded', version: shown(version, 40) });
  if (/^filename:.*\/(extra|weak-updates|updates)\//m.test(modinfo))
    return known({ kind: 'downloaded', version: 'unknown' });
  if (seen.loaded || seen.vmbus) return known({ kind: 'in-kernel' });
  return unknown('hv_vmbus is not there');
}

function parameters(seen: Seen): HypervFacts['parameters'] {
  const values: Record<string, string> = {};
  for (const [name, value] of seen.parameters) {
    if (value === null) return unknown(`/sys/module/hv_utils/parameters/${name} could not be read`);
    values[name] = value;
  }
  return known(values);
}
