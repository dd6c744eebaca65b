import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackagePlan } from '#packages/package-plan.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import { cellWidth } from '#report/cell-width.js';
import type { RunState } from '#run/run-state.js';
import { drawFrame, type Frame } from '#tui/draw-frame.js';
import { createProjector } from '#tui/scene.js';
import { INITIAL_VIEW, pressKey, type View } from '#tui/view-state.js';
import {
  assessed,
  FLEET,
  finished,
  fold,
  type MadeHost,
  manyHosts,
  reviewState,
  runStarted,
  START,
  trouble,
} from './made-fleet.js';

interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  readonly color?: boolean;
  readonly unicode?: boolean;
}

const project = createProjector();

/** The frame after these keys. */
function frameOf(state: RunState, keys: readonly string[] = [], screen: Screen = {}): Frame {
  return framesOf(state, keys, screen).at(-1)!;
}

/** The first frame, and the one after each of these keys. */
function framesOf(state: RunState, keys: readonly string[], screen: Screen): readonly Frame[] {
  const { columns = 100, rows = 30, color = false, unicode = true } = screen;
  const draw = (view: View): Frame =>
    drawFrame({
      state,
      scene: project(state, { filter: view.filter, sort: view.sort, sent: view.sent !== null }),
      view,
      columns,
      rows,
      look: { color, unicode },
      nowMs: START + 65_000,
      stageSince: new Map([['az-web-01', START + 53_000]]),
      guardSeconds: () => 240,
      nextCommands: ['tsync rollback 01JD'],
      unifiedDiff,
    });
  let view = INITIAL_VIEW;
  const frames = [draw(view)];
  for (const name of keys) {
    const scene = project(state, { filter: view.filter, sort: view.sort, sent: view.sent !== null });
    view = pressKey(view, { name, alone: true }, scene, frames.at(-1)!.extent).view;
    frames.push(draw(view));
  }
  return frames;
}

function text(state: RunState, keys: readonly string[] = [], screen: Screen = {}): string {
  return frameOf(state, keys, screen).lines.join('\n');
}

const REVIEW = reviewState();

describe('the host list', () => {
  it('shows what needs a person first, with what went wrong', () => {
    const lines = frameOf(REVIEW).lines;
    expect(lines[4]).toMatch(/^ {2}Needs a person 2 ─+$/);
    expect(lines[5]).toMatch(/^▌ {3}✗ az-lost-01 {2}the connection broke/);
  });

  it('says system, daemon, source, offset with its bound, findings and changes of a host', () => {
    expect(text(REVIEW)).toMatch(/○ {2}▲ az-web-01 .*Ubuntu 22.04 .*ntp.ubuntu.com .*\+1.20 ms ±0.42 .*high 2 .* 2$/m);
  });

  it('shows each stage while hosts are being read', () => {
    const state = fold([
      runStarted(FLEET),
      { type: 'host-connecting', host: 'az-web-01' },
      { type: 'host-probing', host: 'az-web-02' },
      assessed(FLEET[4]!),
    ]);
    const frame = text(state);
    expect(frame).toMatch(/◌ az-web-01 {3}connecting/);
    expect(frame).toMatch(/◍ az-web-02 {3}probing/);
    expect(frame).toMatch(/· az-web-03 {3}waiting/);
    expect(frame).toMatch(/reading {2}1m 05s/);
  });

  it('never shows a host with an unknown finding as in sync', () => {
    const host: MadeHost = { ...FLEET[3]!, name: 'blind' };
    const event = assessed(host);
    if (event.type !== 'host-assessed') throw new Error('not an assessment');
    const unknown = {
      ...event.plan.findings[0]!,
      status: 'unknown' as const,
      problem: trouble('chronyc said nothing.', 'internal/bug'),
    };
    const plan = { ...event.plan, findings: [unknown] };
    const state = fold([
      { ...runStarted([host]), hosts: ['blind'] } as never,
      { ...event, plan },
      finished('blind', 'in-sync'),
    ]);
    const frame = text(state);
    expect(frame).not.toMatch(/In sync \d/);
    expect(frame).toMatch(/Findings without a change 1/);
    expect(frame).toMatch(/info 1 1\?/);
  });

  it('counts what is approved', () => {
    expect(frameOf(REVIEW, ['j', 'j', 'space']).lines[1]).toMatch(/◉ 1 of 7 approved$/);
    expect(text(REVIEW, ['j', 'j', 'space'])).toMatch(/◉ {2}▲ az-old-01/);
  });

  it('shows while hosts are changed: stage, time in it, last step, and how far the run is', () => {
    const on = { host: 'az-web-01', transaction: 't1' };
    const state = fold(
      [
        { type: 'apply-started', ...on, planDigest: '', guardSeconds: 240 },
        { type: 'apply-step', ...on, step: 'restart chrony.service', detail: '' },
        finished('az-web-02', 'changed', null, 'PHC0'),
      ],
      REVIEW,
    );
    const frame = frameOf(state);
    expect(frame.lines[1]).toMatch(/^ █+░+ 1\/2 {3}1 in progress/);
    expect(frame.lines.join('\n')).toMatch(/◍ az-web-01 {3}applying +12s .*restart chrony.service/);
    expect(frame.lines.join('\n')).toMatch(/✓ az-web-02 {3}changed/);
  });
});

describe('the page of a host', () => {
  const page = text(REVIEW, ['j', 'j', 'enter'], { rows: 120 });

  it('shows the whole diff and why each change is made', () => {
    expect(page).toContain('file /etc/systemd/timesyncd.conf.d/tsync.conf  new');
    expect(page).toContain('+NTP=10.77.0.1');
    expect(page).toContain('→ clock-offset: The clock is further off than the limit.');
  });

  it('shows what the actions cost, the hazards, and each finding with evidence and source', () => {
    expect(page).toContain('restart systemd-timesyncd.service  25 s without sync  the clock may step');
    expect(page).toContain('· The first update will step the clock by about 5 s.');
    expect(page).toContain('│ /etc/chrony/chrony.conf:4: pool ntp.ubuntu.com');
    expect(page).toContain('https://learn.microsoft.com/azure/virtual-machines/linux/time-sync');
  });

  it('goes to the next host and says which of how many it is', () => {
    expect(frameOf(REVIEW, ['j', 'j', 'enter', 'right']).lines[3]).toMatch(/^ hv-two-01 +○ not approved {2}4\/14/);
  });

  it('can be read to its end in a small terminal', () => {
    const keys = ['j', 'j', 'enter', ...Array.from({ length: 100 }, () => 'j')];
    const seen = framesOf(REVIEW, keys, { columns: 40, rows: 10 }).map(({ lines }) => lines.join('\n'));
    for (const words of ['+NTP=10.77.0.1', 'one-daemon'])
      expect(seen.some((frame) => frame.includes(words))).toBe(true);
  });
});

describe('the question before applying', () => {
  const question = text(REVIEW, ['a', 'c']);

  it('says how many hosts and changes, what is restarted, what it costs and how it is undone', () => {
    expect(question).toContain('Apply 11 changes to 7 hosts?');
    expect(question).toContain('Restarts chrony.service on 3 hosts, systemd-timesyncd.service on 1 host.');
    expect(question).toContain('Each host is without sync for up to 25 s; the clock may step on 1 host.');
    expect(question.replaceAll(/\s+/g, ' ')).toContain('within 240 s puts everything back by itself');
    expect(question).toContain('tsync rollback 01JD8XK2M4TSYNC0000000REVW');
  });

  it('lists every group of what is applied, and opens its diff', () => {
    expect(question).toMatch(/▌ 3 hosts +chrony.conf, 99-ptp_hyperv.rules {2}az-web-01, az-web-02, az-web-03/);
    expect(text(REVIEW, ['a', 'c', 'enter'])).toContain('+refclock PHC /dev/ptp_hyperv');
  });

  it('says how many hosts are left as they are', () => {
    expect(text(REVIEW, ['j', 'j', 'space', 'c'])).toContain('6 other hosts with changes: left as they are.');
  });
});

describe('groups', () => {
  it('fold hosts with the same plan, with the diff below', () => {
    const frame = text(REVIEW, ['tab']);
    expect(frame).toMatch(/▌ {3}○ {6}3 {7}0 {2}high +25 s +chrony.conf, 99-ptp_hyperv.rules/);
    expect(frame).toContain('-makestep 1 3');
  });

  it('mark all their hosts at once', () => {
    expect(frameOf(REVIEW, ['tab', 'space']).lines[1]).toMatch(/◉ 3 of 7 approved$/);
  });
});

describe('the summary', () => {
  const done = fold([finished('az-web-01', 'changed', null, 'PHC0'), { type: 'run-finished', exitCode: 3 }], REVIEW);

  it('counts the outcomes, groups the problems with their hints, and names the next command', () => {
    const frame = text(done);
    expect(frame).toContain('1 host changed and proved, 2 of 14 hosts need a person');
    expect(frame).toMatch(/1 {2}unreachable/);
    expect(frame).toContain('az-lost-01: No answer from 10.4.0.99 port 22 within 10 s.');
    expect(frame).toContain('$ tsync rollback 01JD');
  });
});

describe('any terminal', () => {
  const sizes = fc.record({ columns: fc.integer({ min: 20, max: 220 }), rows: fc.integer({ min: 5, max: 60 }) });
  const keys = fc.array(
    fc.constantFrom('j', 'enter', 'tab', 'a', 'c', '?', 'escape', 's', 'pagedown', 'end', '/', 'x'),
    { maxLength: 12 },
  );

  it('gets exactly its rows, none wider than its columns', () => {
    fc.assert(
      fc.property(sizes, keys, fc.boolean(), (size, pressed, unicode) => {
        const { lines } = frameOf(REVIEW, pressed, { ...size, unicode });
        expect(lines).toHaveLength(size.rows);
        for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(size.columns);
      }),
    );
  });

  it('of 40 columns and 10 rows still shows hosts, counts and keys', () => {
    const frame = frameOf(REVIEW, [], { columns: 40, rows: 10 });
    expect(frame.lines[0]).toMatch(/^ tsync /);
    expect(frame.lines.join('\n')).toContain('az-lost-01');
    expect(frame.lines.at(-1)).toContain('? help');
  });

  it('without UTF-8 gets ASCII only', () => {
    for (const pressed of [[], ['tab'], ['enter'], ['j', 'j', 'enter'], ['?'], ['a', 'c']]) {
      expect(text(REVIEW, pressed, { unicode: false, rows: 80 })).toMatch(/^[ -~\n]*$/);
    }
  });

  it('without colour gets no escape sequence', () => {
    expect(text(REVIEW, ['j', 'j', 'enter'], { rows: 80 })).not.toContain('\u001b');
    expect(text(REVIEW, [], { color: true })).toContain('\u001b[');
  });
});

describe('a host that sends control characters, wide characters and bidi marks', () => {
  const nasty = '漢字\u001b[2J\u0007\u202eevil\u0000';
  const host: MadeHost = { ...FLEET[0]!, name: 'nasty', os: nasty, daemon: nasty, source: nasty };
  const event = assessed(host);
  const state = fold([
    { ...runStarted([host]), hosts: ['nasty'] } as never,
    { ...event, notes: [`a\nb${nasty}`] } as never,
  ]);

  it('moves nothing on the screen', () => {
    for (const pressed of [[], ['enter'], ['tab'], ['a', 'c']]) {
      expect(text(state, pressed, { rows: 80 })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  it('keeps the columns aligned', () => {
    const lines = frameOf(state, [], { columns: 160 }).lines;
    const head = lines.findIndex((line) => line.includes('FINDINGS'));
    const row = lines.find((line) => line.includes('nasty'))!;
    expect(cellWidth(row.slice(0, row.indexOf('high 2')))).toBe(lines[head]!.indexOf('FINDINGS'));
  });
});

describe('10,000 hosts', () => {
  const state = reviewState(manyHosts(10_000));

  it('draw no more than the terminal holds', () => {
    for (const key of ['j', 'pagedown', 'end', 'tab', 'a', 'enter']) {
      expect(framesOf(state, [key], {}).at(-1)!.lines).toHaveLength(30);
    }
  });
});

describe('a host that wants packages', () => {
  const packages: PackagePlan = {
    manager: 'apt',
    when: 'before-changes',
    because: 'daemon/package',
    reason: 'The strategy needs chrony.',
    requests: [{ action: 'install', name: 'chrony', version: null }],
    unfinished: [],
    preview: [
      { name: 'chrony', before: null, after: '4.3-2', undo: 'possible' },
      { name: 'systemd-timesyncd', before: '252.39', after: null, undo: 'impossible' },
    ],
  };
  const hosts = new Map(REVIEW.hosts);
  for (const [name, host] of hosts)
    if (name === 'az-old-01' && host.plan !== null)
      hosts.set(name, { ...host, plan: { ...host.plan, changes: [], actions: [], packages } });
  const state = { ...REVIEW, hosts };
  const flatOf = (given: RunState, keys: readonly string[] = []) => text(given, keys).replaceAll(/\s+/g, ' ');
  const flat = (keys: readonly string[]) => flatOf(state, keys);

  it('shows on its page what is installed and removed, and what no rollback brings back', () => {
    const page = flat(['/', ...'az-old', 'enter', 'enter']);
    expect(page).toContain('install package chrony 4.3-2');
    expect(page).toContain('remove package systemd-timesyncd 252.39: NO ROLLBACK');
  });

  it('cannot be marked while nobody knows what would be installed', () => {
    const one = hosts.get('az-old-01')!;
    const unasked = { ...one, plan: { ...one.plan!, packages: { ...packages, preview: null } } };
    const marked = (known: RunState) => /◉ (\d+) of (\d+) approved/.exec(text(known, ['a']))?.[2];
    const [before, then] = [{ ...state, hosts: new Map(hosts).set('az-old-01', unasked) }, state].map(marked);
    expect(Number(before)).toBe(Number(then) - 1);
  });

  it('is told, once they are there, that its changes come next', () => {
    const one = { ...REVIEW.hosts.get('az-old-01')!, stage: 'finished', outcome: 'drifted' } as const;
    const packageWork = { work: 'r.az-old-01', changes: [], state: 'done' } as const;
    const end = { ...REVIEW, finishedAt: '2026-11-22T10:05:00.000Z' };
    const frame = flatOf({ ...end, hosts: new Map([['az-old-01', { ...one, packageWork }]]) });
    expect(frame).toContain('Packages came or went on 1 host');
    expect(frame).toContain('their changes come after their packages');
    expect(frame).toContain('q goes on to the review of what is to be changed there now');
  });

  it('says it again in the question before applying', () => {
    expect(flat(['a', 'c'])).toContain('install chrony 4.3-2 on 1 host, remove systemd-timesyncd 252.39 on 1 host');
  });
});
