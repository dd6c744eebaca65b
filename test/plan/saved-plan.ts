import { foldKeyOf, planDigestOf } from '#plan/digests.js';
import type { Finding, HostPlan } from '#plan/plan.js';
import type { PlanFile } from '#plan/plan-file.js';
import type { Action, Change } from '#resources/resource.js';

/** What test/fixtures/saved holds, as it was saved by tsync 0.1.0 with plan files of version 2: every kind, finding and action. */
const bytes = (text: string) => new TextEncoder().encode(text);
const file = (content: Uint8Array, mode = '0644') =>
  ({ bytes: content, mode, owner: 'root', group: 'root', truncated: false }) as const;
const LINK = '/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service';

const CHANGES: readonly Change[] = [
  {
    id: 'file:/etc/chrony/chrony.conf',
    kind: 'file',
    name: '/etc/chrony/chrony.conf',
    before: file(bytes('pool 2.debian.pool.ntp.org iburst\n')),
    after: file(bytes('# Zürich\nserver 10.77.0.1 iburst\n'), '0640'),
    because: 'servers/wanted',
  },
  {
    id: 'file:/etc/odd',
    kind: 'file',
    name: '/etc/odd',
    before: null,
    after: file(new Uint8Array([0xff, 0x27, 0x0a, 0xc3, 0x28])),
    because: 'playbook/resource',
    restart: 'odd.service',
  },
  {
    id: 'module-parameter:hv_utils.timesync_implicit',
    kind: 'module-parameter',
    name: 'hv_utils.timesync_implicit',
    before: { value: 'Y' },
    after: { value: 'N' },
    because: 'hyperv/implicit-timesync',
  },
  {
    id: 'service:chrony.service',
    kind: 'service',
    name: 'chrony.service',
    before: null,
    after: { active: true, links: [LINK], masked: false },
    because: 'daemon/active',
  },
];

const ACTIONS: readonly Action[] = [
  { kind: 'daemon-reload', name: '', after: ['file:/etc/odd'], withoutSyncSeconds: 0, mayStep: false },
  { kind: 'restart', name: 'chrony.service', after: [CHANGES[0]!.id], withoutSyncSeconds: 25, mayStep: true },
];

const base = (rule: string) =>
  ({
    rule,
    severity: 'medium',
    sentence: `${rule} is judged.`,
    evidence: [{ where: '/etc/chrony/chrony.conf:1', text: 'pool' }],
    source: 'chrony.conf(5)',
    waived: null,
  }) as const;
const UNKNOWN = { code: 'resources/file-unknown', summary: 's', detail: 'd', hint: 'h' } as const;

const FINDINGS: readonly Finding[] = [
  { ...base('daemon/single'), status: 'in-sync' },
  ...CHANGES.map((change) => ({ ...base(change.because), status: 'drift', change }) as const),
  {
    ...base('chrony/readable'),
    waived: 'until May',
    status: 'drift',
    change: { ...CHANGES[0]!, id: 'file:/etc/waived', name: '/etc/waived' } as Change,
  },
  {
    ...base('clock/offset'),
    status: 'violation',
    measured: { value: 0.25, unit: 's', bound: 0.001 },
    limit: { value: 'a limit', unit: '', bound: null },
  },
  { ...base('clock/synchronised'), status: 'unknown', problem: UNKNOWN },
];

const PLANNED = {
  host: 'web-1',
  changes: CHANGES,
  actions: ACTIONS,
  packages: {
    manager: 'apt',
    when: 'before-changes',
    because: 'daemon/installed',
    reason: 'chrony is not installed.',
    requests: [{ action: 'install', name: 'chrony', version: null }],
    unfinished: ['tzdata'],
    preview: [{ name: 'chrony', before: null, after: '4.3-2', undo: 'possible' }],
  },
} as const;

/** A plan of a run, and of a rollback that is refused because of a conflict. */
export const SAVED_PLANS: readonly [HostPlan, HostPlan] = [
  {
    ...PLANNED,
    strategy: { asked: 'auto', taken: 'ntp-only', reason: 'no PTP clock' },
    snapshotDigest: 'aa11',
    findings: FINDINGS,
    refused: null,
    newServers: ['10.77.0.1'],
    planDigest: planDigestOf(PLANNED),
    foldKey: foldKeyOf(PLANNED),
  },
  {
    host: 'web-2',
    strategy: { asked: 'rollback', taken: 'none', reason: 'rollback of r1' },
    snapshotDigest: 'bb22',
    findings: [],
    conflicts: [{ ofRun: CHANGES[1]!, since: { ...CHANGES[1]!, before: CHANGES[1]!.after, after: null } as Change }],
    changes: [],
    actions: [],
    packages: null,
    refused: UNKNOWN,
    newServers: [],
    planDigest: planDigestOf({ host: 'web-2', changes: [], actions: [], packages: null }),
    foldKey: 'nothing',
  },
];

export const SAVED_KEY = new Uint8Array(32).fill(7);

export const SAVED_HEAD = {
  createdAt: '2026-11-22T10:00:00.000Z',
  version: '0.1.0',
  inventory: 'inventory.yaml',
  inventoryDigest: 'a1',
  playbook: null,
  playbookDigest: null,
  strategy: 'ntp-only',
};

export const SAVED_FILE: PlanFile = { ...SAVED_HEAD, plans: [SAVED_PLANS[0]] };
