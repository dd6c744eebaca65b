import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { assess } from '#plan/assess.js';
import type { HostPlan } from '#plan/plan.js';
import { type PlanFile, type PlanTrust, parsePlan, serialisePlan } from '#plan/plan-file.js';
import { groupBy } from '#present/group-by.js';
import { STRATEGIES } from '#settings/settings.js';
import { makeFacts, present } from '../policy/make-facts.js';
import { MADE_HOSTS, server, withSettings } from './made-hosts.js';
import { SAVED_HEAD, SAVED_KEY } from './saved-plan.js';

const SETTINGS = withSettings({
  strategy: 'ntp-only',
  ntpServers: [server('10.77.0.1'), server('10.77.0.2', { key: 3 })],
});

function plan(host: string, facts = makeFacts(MADE_HOSTS['debian12-plain']!), settings = SETTINGS): HostPlan {
  return assess({ host, facts, settings, snapshotDigest: 'digest', today: '2026-11-22' });
}

const MINE: PlanTrust = { key: SAVED_KEY, sha256: null };
const sealed = (file: PlanFile) => serialisePlan(file, SAVED_KEY);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function codeOf(text: string, trust = MINE): string {
  try {
    parsePlan(text, 'plan.json', trust);
  } catch (error) {
    if (error instanceof TsyncError) return `${error.problem.code} ${error.exitCode}`;
    throw error;
  }
  return 'read';
}

/** A plan file as JSON, for edits of every kind. */
// biome-ignore lint/suspicious/noExplicitAny: what is edited has no shape that counts
type Edited = any;

const vouchedFor = (text: string): PlanTrust => ({ key: null, sha256: sha256(text) });

describe('a plan file', () => {
  it('gives back every plan as it was, for every made host and strategy', () => {
    const plans = Object.entries(MADE_HOSTS).flatMap(([name, host]) =>
      STRATEGIES.map((strategy) =>
        plan(`${name}-${strategy}`, makeFacts(host), withSettings({ ...SETTINGS.settings, strategy })),
      ),
    );
    expect(parsePlan(sealed({ ...SAVED_HEAD, plans }), 'plan.json', MINE)).toEqual({ ...SAVED_HEAD, plans });
  });

  it('is refused when a change was edited afterwards, with exit code 65', () => {
    const text = sealed({ ...SAVED_HEAD, plans: [plan('web1')] });
    const edited = text.replace('"owner": "root"', '"owner": "mallory"');
    expect(edited).not.toBe(text);
    expect(codeOf(edited)).toBe('plan/file-tampered 65');
  });

  it.each([
    ['a finding', (file: Edited) => (file.plans[0].findings[0].severity = 'info')],
    [
      'its evidence',
      (file: Edited) => (file.plans[0].findings.find((one: Edited) => one.evidence[0]).evidence[0].text = 'fine'),
    ],
    ['a sentence', (file: Edited) => (file.plans[0].findings[0].sentence = 'All is well.')],
    ['a finding that is gone', (file: Edited) => file.plans[0].findings.pop()],
    ['the inventory', (file: Edited) => (file.inventory = 'other.yaml')],
    ['which inventory it was', (file: Edited) => (file.inventoryDigest = 'b2')],
    ['the playbook', (file: Edited) => (file.playbook = 'p.yaml')],
    ['the time', (file: Edited) => (file.createdAt = '2027-01-01T00:00:00.000Z')],
    ['a strategy`s reason', (file: Edited) => (file.plans[0].strategy.reason = 'asked for')],
    ['something that nobody reads', (file: Edited) => (file.note = 'reviewed')],
    ['the order of the plans', (file: Edited) => file.plans.reverse()],
  ])('is refused when somebody edited %s and fitted the digests', (_what, edit) => {
    const file = JSON.parse(sealed({ ...SAVED_HEAD, plans: [plan('web1'), plan('web2')] }));
    edit(file);
    expect(codeOf(JSON.stringify(file))).toBe('plan/file-tampered 65');
  });

  it('is the same file when it only looks different', () => {
    const file = JSON.parse(sealed({ ...SAVED_HEAD, plans: [plan('web1')] }));
    expect(codeOf(JSON.stringify(Object.fromEntries(Object.entries(file).toReversed()), null, 4))).toBe('read');
  });

  it('of another account or machine is read only with the sha256 of its bytes', () => {
    const text = sealed({ ...SAVED_HEAD, plans: [plan('web1')] });
    expect(codeOf(text, { key: null, sha256: null })).toBe('plan/not-made-here 65');
    expect(codeOf(text, { key: new Uint8Array(32), sha256: null })).toBe('plan/not-made-here 65');
    expect(codeOf(text, vouchedFor(text))).toBe('read');
    expect(codeOf(text, { key: null, sha256: sha256(text).toUpperCase() })).toBe('read');
    expect(codeOf(`${text} `, vouchedFor(text))).toBe('plan/file-tampered 65');
    expect(codeOf(text, { key: SAVED_KEY, sha256: sha256('') })).toBe('plan/file-tampered 65');
  });

  it('tells nothing of the key', () => {
    const text = sealed({ ...SAVED_HEAD, plans: [] });
    expect(text).not.toContain(Buffer.from(SAVED_KEY).toString('hex').slice(0, 16));
    expect(JSON.parse(text).seal.key).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is refused with two plans for one host, or a strategy that is none', () => {
    expect(() => parsePlan(sealed({ ...SAVED_HEAD, plans: [plan('web1'), plan('web1')] }), 'plan.json', MINE)).toThrow(
      'plan.json: plans is not a list with one plan for each host: web1 has two.',
    );
    expect(codeOf(sealed({ ...SAVED_HEAD, strategy: 'best', plans: [] }))).toBe('plan/file-shape 65');
  });

  it('is refused with the place of what is wrong', () => {
    const text = sealed({ ...SAVED_HEAD, plans: [plan('web1')] });
    const broken = text.replace('"kind": "file"', '"kind": "package"');
    expect(() => parsePlan(broken, 'plan.json', vouchedFor(broken))).toThrow(
      'plan.json: plans[0].changes[0].kind is not file or module-parameter or service',
    );
  });

  it.each([
    '',
    'x',
    '[]',
    'null',
    '{}',
    '{"kind":"tsync-plan"}',
    '{"kind":"tsync-plan","schemaVersion":1}',
    '{"kind":"tsync-plan","schemaVersion":2}',
  ])('that is %j is refused', (text) => {
    expect(codeOf(text)).toBe('plan/file-shape 65');
  });

  it('never fails in another way, whatever is in it', () => {
    const text = sealed({ ...SAVED_HEAD, plans: [plan('web1')] });
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 5 }), (at, cut, put) => {
        expect(codeOf(text.slice(0, at) + put + text.slice(at + cut))).toMatch(/^(read|plan\/.* 65)$/);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(codeOf(JSON.stringify(value))).toBe('plan/file-shape 65');
      }),
    );
  });
});

describe('folding', () => {
  it('puts hosts together that get the same edit in different surroundings, and only those', () => {
    const debian = MADE_HOSTS['debian12-plain']!;
    const main = '/etc/chrony/chrony.conf';
    const commented = makeFacts({ ...debian, files: { [main]: `# our site\n\n${debian.files[main]}` } });
    const other = makeFacts({ ...debian, files: { [main]: debian.files[main]!.replace('2.debian', '3.debian') } });
    const plans = [plan('a'), plan('b', commented), plan('c', other)];
    expect(groupBy(plans, ({ foldKey }) => foldKey).map((group) => group.map(({ host }) => host))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
    expect(new Set(plans.map(({ planDigest }) => planDigest)).size).toBe(3);
  });
});

describe('the preflight', () => {
  it('tries the servers that the plan adds, but for those that need a key', () => {
    expect(plan('a').newServers).toEqual(['10.77.0.1']);
  });

  it('tries nothing where nothing is added', () => {
    const facts = makeFacts(MADE_HOSTS['debian12-plain']!);
    const auto = withSettings({ strategy: 'auto' });
    expect(plan('a', facts, auto).newServers).toEqual([]);
  });
});

describe('what must not be edited', () => {
  const main = '/etc/chrony/chrony.conf';
  const facts = makeFacts(MADE_HOSTS['debian12-plain']!);
  const file = present(MADE_HOSTS['debian12-plain']!.files[main]!);
  it.each([
    ['a file that was cut', { ...file, truncated: true }],
    ['a file that could not be read', { state: 'unreadable', reason: 'denied' }],
    ['a file that was refused', { state: 'refused', reason: 'a device' }],
    ['a link to outside of /etc', { ...file, resolvedTo: '/usr/share/chrony/chrony.conf' }],
    ['a file with a NUL byte', present('pool x iburst\n\0')],
  ] as const)('%s changes nothing on that host, and is said', (_name, state) => {
    const made = plan('a', { ...facts, files: new Map([...facts.files, [main, state as never]]) });
    expect(made.changes).toEqual([]);
    expect(made.actions).toEqual([]);
    expect(
      made.findings.find((finding) => finding.rule === 'chrony/readable' && finding.status === 'unknown'),
    ).toBeDefined();
  });

  it('a link within /etc is followed to its file, never replaced', () => {
    const linked = { ...file, resolvedTo: '/etc/site/chrony.conf' } as const;
    const made = plan('a', { ...facts, files: new Map([...facts.files, [main, linked]]) });
    expect(made.changes.map(({ name }) => name)).toContain('/etc/site/chrony.conf');
    expect(made.changes.map(({ name }) => name)).not.toContain(main);
  });

  it('an open transaction keeps every further change away', () => {
    const open = {
      id: 't1',
      state: 'armed',
      who: 'ann',
      run: 'r1',
      startedAt: '2026-11-22T09:00:00Z',
      guard: { state: 'armed', leftSeconds: 83 },
    } as const;
    const made = plan('a', { ...facts, openTransactions: { value: [open] } });
    expect(made.changes).toEqual([]);
    expect(made.findings.find(({ rule }) => rule === 'host/open-transaction')?.status).toBe('violation');
    expect(made.strategy.reason).toContain('its guard reverts it in 83 s');
  });
});
