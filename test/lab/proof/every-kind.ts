import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { foldKeyOf, planDigestOf } from '#plan/digests.js';
import type { PlanFile } from '#plan/plan-file.js';
import type { Change, States } from '#resources/resource.js';
import type { Lab } from '../lab.js';

/**
 * Makes a host of the lab one on which a plan touches every kind of resource: odd modes and owners, an extended attribute, a
 * symbolic link, units that stand in for other time daemons, and a module's parameter (in a file system of memory over
 * /sys/module, because all containers share one kernel).
 */
export async function furnish(lab: Lab, index: number): Promise<void> {
  await lab.inside(index, FURNISH);
  const config = lab.pathOn(index, '/etc/chrony/chrony.conf');
  await promisify(execFile)('setfattr', ['-n', 'user.origin', '-v', 'site', config]);
  await loadModule(lab, index);
}

/** What the kernel does when the module is loaded: its parameter has the value that modprobe.d gives it. Once a boot. */
export async function loadModule(lab: Lab, index: number): Promise<void> {
  await lab.inside(index, LOAD_MODULE);
}

const FURNISH = `set -eu
mkdir -p /hold
for unit in ntp phc2sys timemaster; do
  printf '[Unit]\\nDescription=stand-in for %s\\n[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' $unit >/lib/systemd/system/$unit.service
done
cd /etc/chrony
chown root:_chrony chrony.conf && chmod 640 chrony.conf
printf 'minsamples 6\\n' >site.conf && chmod 604 site.conf && ln -s ../site.conf conf.d/site.conf
printf 'maxsamples 60\\n' >conf.d/old.conf && chmod 640 conf.d/old.conf && chown root:_chrony conf.d/old.conf
systemctl daemon-reload
systemctl enable --now -q ntp.service
systemctl restart chrony
`;

const LOAD_MODULE = `set -eu
mount -t tmpfs tmpfs /sys/module
mkdir -p /sys/module/hv_utils/parameters
if grep -rqs 'timesync_implicit=0' /etc/modprobe.d; then value=N; else value=Y; fi
echo $value >/sys/module/hv_utils/parameters/timesync_implicit
`;

const file = (text: string, mode: string, owner: string, group: string): States['file'] => ({
  bytes: new TextEncoder().encode(text),
  mode,
  owner,
  group,
  truncated: false,
});

const enabled = (unit: string) => `/etc/systemd/system/multi-user.target.wants/${unit} -> /lib/systemd/system/${unit}`;

/** What tsync's own plan for such a host lacks: an edit through a link, a removal, a daemon that is started, one that is masked. */
const MORE: readonly Change[] = [
  {
    kind: 'file',
    id: 'file:/etc/chrony/conf.d/old.conf',
    name: '/etc/chrony/conf.d/old.conf',
    before: file('maxsamples 60\n', '0640', 'root', '_chrony'),
    after: null,
    because: 'sources/foreign-servers',
  },
  {
    kind: 'file',
    id: 'file:/etc/chrony/conf.d/site.conf',
    name: '/etc/chrony/conf.d/site.conf',
    before: file('minsamples 6\n', '0604', 'root', 'root'),
    after: file('minsamples 7\n', '0604', 'root', 'root'),
    because: 'sources/foreign-servers',
  },
  {
    kind: 'service',
    id: 'service:phc2sys.service',
    name: 'phc2sys.service',
    before: { active: false, masked: false, links: [] },
    after: { active: true, masked: false, links: [enabled('phc2sys.service')] },
    because: 'daemon/single',
  },
  {
    kind: 'service',
    id: 'service:timemaster.service',
    name: 'timemaster.service',
    before: { active: false, masked: false, links: [] },
    after: { active: false, masked: true, links: [] },
    because: 'daemon/single',
  },
];

/** The plans that tsync made for furnished hosts, and with them the rest of the kinds. */
export function withEveryKind(saved: PlanFile): PlanFile {
  const plans = saved.plans.map((plan) => {
    const whole = { ...plan, changes: [...plan.changes, ...MORE] };
    return { ...whole, planDigest: planDigestOf(whole), foldKey: foldKeyOf(whole) };
  });
  return { ...saved, plans };
}
