import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { assess } from '#plan/assess.js';
import type { HostPlan } from '#plan/plan.js';
import { STRATEGIES, type Strategy } from '#settings/settings.js';
import { snapshotDigest } from '#snapshot/snapshot-digest.js';
import { type FixtureHost, fixtureHosts } from '../fixtures/hosts.js';
import { server, withSettings } from '../plan/made-hosts.js';

/** One fixture host with what each strategy makes of it. */
export interface MatrixRow {
  readonly host: FixtureHost;
  readonly facts: Facts;
  readonly plans: readonly HostPlan[];
}

/** A playbook that names these; strategies without servers of their own leave them alone. */
export const SERVERS = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;

/** Every row by every strategy, in the order of `fixtureHosts` and `STRATEGIES`. */
export function supportMatrix(): readonly MatrixRow[] {
  return fixtureHosts().map(matrixRow);
}

/** As the engine does it: snapshot to facts to plan. */
export function matrixRow(host: FixtureHost): MatrixRow {
  const facts = factsOf(host.snapshot);
  return { host, facts, plans: STRATEGIES.map((strategy) => planFor(host, facts, strategy)) };
}

/** The plan of one strategy on the host, with its facts as they are or as changes have left them. */
export function planFor({ row, snapshot }: FixtureHost, facts: Facts, strategy: Strategy): HostPlan {
  return assess({
    host: row,
    facts,
    settings: withSettings({ strategy, ntpServers: SERVERS.map((address) => server(address)) }),
    snapshotDigest: snapshotDigest(snapshot),
    today: '2026-11-22',
  });
}
