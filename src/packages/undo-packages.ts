import type { Facts } from '#facts/facts.js';
import type { PackageChange, PackagePlan } from '#packages/package-plan.js';

/** What a run did to packages, as asked for a rollback: null where all of it is taken back already, or nothing can be. */
export function undoPackages(made: readonly PackageChange[], facts: Facts, run: string): PackagePlan | null {
  const manager = facts.packageManager.value;
  if (manager === null || !made.some((change) => isPending(change, facts))) return null;
  const lost = made.filter(({ undo }) => undo === 'impossible');
  const back = made.filter(({ undo }) => undo !== 'impossible');
  const without =
    lost.length === 0 ? '' : ` It cannot bring back ${lost.map(({ name, before }) => `${name} ${before}`).join(', ')}.`;
  return {
    manager,
    when: 'after-changes',
    because: 'packages/chrony',
    reason: `The rollback of ${run} takes its packages back.${without}`,
    requests: back.map(({ name, before }) =>
      before === null ? { action: 'remove', name, version: null } : { action: 'install', name, version: before },
    ),
    unfinished: (facts.unfinishedPackages.value ?? []).map(
      ({ name, version, state }) => `${name} ${version} (${state})`,
    ),
    preview: null,
  };
}

/** The probe tells of the packages that concern time: the others came and go with them. */
function isPending({ name, before, after }: PackageChange, facts: Facts): boolean {
  const packages = facts.packages.value;
  if (packages === null) return true;
  const isKnown = packages[name] !== undefined || ASKED.has(name);
  return isKnown && (packages[name] ?? null) !== before && before !== after;
}

const ASKED: ReadonlySet<string> = new Set(['chrony', 'systemd-timesyncd', 'ntp', 'ntpsec', 'openntpd']);
