import { describe, expect, it } from 'vitest';
import type { Facts } from '#facts/facts.js';
import { rollbackPlan } from '#plan/invert.js';
import { decideUnit } from '#policy/decide-services.js';
import type { Change } from '#resources/resource.js';
import { STRATEGIES } from '#settings/settings.js';
import { applyToFacts } from '../plan/apply-to-facts.js';
import { chronyHostOf } from './chrony-host-of.js';
import { matrixRow, planFor, supportMatrix } from './matrix.js';
import { outcomeOf } from './matrix-page.js';

const matrix = supportMatrix();
const plans = matrix.flatMap((row) => row.plans);

describe('in every row and for every strategy', () => {
  it('the plan is the same when it is made twice', () => {
    for (const { host, plans: first } of matrix) expect(matrixRow(host).plans, host.row).toEqual(first);
  });

  it('after the changes nothing is left to change', () => {
    for (const { host, facts, plans: ofRow } of matrix) {
      for (const [index, first] of ofRow.entries()) {
        const second = planFor(host, applyToFacts(facts, first.changes), STRATEGIES[index]!);
        expect(second.changes, `${host.row}, ${first.strategy.asked}`).toEqual([]);
      }
    }
  });

  it('the rollback gives back every byte', () => {
    for (const { host, facts, plans: ofRow } of matrix) {
      for (const { changes, strategy } of ofRow) {
        const changed = applyToFacts(facts, changes);
        const input = { host: host.row, changes, snapshotDigest: 'digest', packages: [], run: 'r1' };
        const restored = applyToFacts(changed, rollbackPlan({ ...input, facts: changed }).changes);
        const touched = changes.filter(({ kind }) => kind === 'file').map(({ name }) => name);
        const bytes = (of: Facts) => touched.map((path) => ({ ...of.files.get(path), writers: undefined }));
        expect(bytes(restored), `${host.row}, ${strategy.asked}`).toEqual(bytes(facts));
      }
    }
  });

  it('going from one strategy to the next converges each time', () => {
    for (const { host, facts } of matrix) {
      let state = facts;
      for (const strategy of STRATEGIES) {
        state = applyToFacts(state, planFor(host, state, strategy).changes);
        expect(planFor(host, state, strategy).changes, `${host.row}, ${strategy}`).toEqual([]);
      }
    }
  });

  it('no file and no link outside of /etc is touched, and no parameter but those of hv_utils', () => {
    const touched = plans.flatMap((plan) => plan.changes.flatMap(touchedBy));
    expect(touched.filter((path) => !path.startsWith('/etc/') || path.includes('/../'))).toEqual([]);
    const parameters = plans.flatMap((plan) => plan.changes.filter(({ kind }) => kind === 'module-parameter'));
    expect(parameters.map(({ name }) => name).filter((name) => !name.startsWith('hv_utils.'))).toEqual([]);
  });

  it('no line is written that the chrony of the host does not know', () => {
    let judged = 0;
    for (const { host, facts, plans: ofRow } of matrix) {
      const version = Number.parseFloat(facts.daemons.find(({ name }) => name === 'chrony')?.version.value ?? 'NaN');
      const lines = ofRow.flatMap((plan) => plan.changes.flatMap(newLines));
      judged += lines.length;
      const tooNew = lines.filter((line) =>
        SINCE.some(([known, pattern]) => pattern.test(line) && !(version >= known)),
      );
      expect(tooNew, `${host.row}, chrony ${version}`).toEqual([]);
    }
    expect(judged).toBeGreaterThan(0);
  });

  it('a host that is not supported has no changes and no actions, and says why', () => {
    const unsupported = plans.filter((plan) => plan.strategy.taken === 'none' && plan.packages === null);
    expect(unsupported.length).toBeGreaterThan(0);
    for (const plan of unsupported) {
      expect([plan.changes, plan.actions], `${plan.host}, ${plan.strategy.asked}`).toEqual([[], []]);
      expect(outcomeOf(plan)).toMatch(/^(package first$|audit only: .)/);
    }
  });

  it('whatever differs and is not changed has a reason', () => {
    expect(plans.map(outcomeOf).filter((outcome) => !OUTCOME.test(outcome))).toEqual([]);
  });
});

const OUTCOME = /^(changes|package first|nothing to do|audit only: [a-z-]+)$/;

describe('chrony started by a sysv script', () => {
  it('keeps its unit as it is: systemd makes it anew at each boot, and a link to it would dangle', () => {
    const row = matrix.find(({ host }) => host.row === 'ubuntu-16.04-chrony');
    if (row === undefined) throw new Error('the row is gone');
    expect(row.facts.services.get('chrony.service')?.fragmentPath).toMatch(/^\/run\//);
    const desired = decideUnit(row.facts, chronyHostOf(row.facts).unit).wanted.map(({ resource }) => resource.desired);
    expect(desired).toEqual([{ active: true, links: [], masked: false }]);
  });
});

/** chrony's NEWS: the release that knows such a line of its configuration, or of the script that makes one. */
const SINCE: readonly (readonly [release: number, line: RegExp])[] = [
  [4.0, /^(confdir|sourcedir) /],
  [4.0, /^(server|pool) .* nts( |$)/],
  [3.3, /^(refclock|options=).* stratum /],
  [2.2, /^(refclock PHC|options=)/],
];

/** Lines of a file that were not there before, without comments. */
function newLines(change: Change): readonly string[] {
  if (change.kind !== 'file') return [];
  const [before, after] = [change.before, change.after].map((state) =>
    new TextDecoder().decode(state?.bytes).split('\n'),
  );
  return (after ?? []).filter((line) => line !== '' && !line.startsWith('#') && !before?.includes(line));
}

/** Files, and the links of services that come or go. */
function touchedBy(change: Change): readonly string[] {
  if (change.kind === 'file') return [change.name];
  if (change.kind !== 'service') return [];
  const [before, after] = [change.before?.links ?? [], change.after?.links ?? []];
  const moved = [...before.filter((link) => !after.includes(link)), ...after.filter((link) => !before.includes(link))];
  return moved.map((link) => link.split(' -> ')[0] ?? '');
}
