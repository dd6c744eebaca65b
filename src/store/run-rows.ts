import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { RunKind } from '#run/event.js';
import type { RunRecord } from '#run/run-record.js';
import { isProcessAlive } from './process-identity.js';
import type { RunFilter } from './store.js';

/** The query for the runs that match, newest first. */
export function selectRuns(filter: RunFilter): { readonly sql: string; readonly values: readonly SQLInputValue[] } {
  const conditions: string[] = [];
  const kinds = filter.kinds ?? [];
  if (filter.kinds !== undefined) conditions.push(`kind in (${kinds.map(() => '?').join(', ')})`);
  if (filter.touched) conditions.push('touched > 0');
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return {
    sql: `select * from runs ${where} order by number desc limit ?`,
    values: [...kinds, filter.limit ?? -1],
  };
}

/** What a row of `runs` says; whether an unfinished run still goes on is asked of the system. */
export function runRecord(row: Record<string, SQLOutputValue>): RunRecord {
  return {
    run: String(row.run),
    kind: String(row.kind) as RunKind,
    who: String(row.who),
    version: String(row.version),
    inventory: String(row.inventory),
    of: row.of_run === null ? null : String(row.of_run),
    hosts: Number(row.hosts),
    touched: Number(row.touched),
    startedAt: String(row.started_at),
    end: endOf(row),
  };
}

function endOf(row: Record<string, SQLOutputValue>): RunRecord['end'] {
  if (row.finished_at !== null) {
    return { state: 'finished', at: String(row.finished_at), exitCode: Number(row.exit_code) };
  }
  return { state: isProcessAlive(String(row.process)) ? 'running' : 'interrupted' };
}
