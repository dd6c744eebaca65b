import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { printable } from '#errors/printable.js';
import { TsyncError } from '#errors/tsync-error.js';
import type { Event } from '#run/event.js';
import type { RunRecord } from '#run/run-record.js';
import { unpackEvents } from './event-pack.js';
import { EventWriter } from './event-writer.js';
import { openDatabase } from './open-database.js';
import { runRecord, selectRuns } from './run-rows.js';
import type { RunFilter, Store } from './store.js';
import { type Access, storeTrouble } from './store-trouble.js';

/**
 * Opens the store in this folder, and makes it there when it is to be written. Plain SQL through node:sqlite: see
 * docs/decisions/store-plain-sql.md.
 *
 * `access: 'read'` creates nothing, and appending to it is an error. `busyTimeoutMs`: how long another tsync is waited for.
 * Throws `TsyncError` `store/...`, so that a change can be refused before it begins.
 */
export function openStore(
  folder: string,
  options: { readonly access?: Access; readonly busyTimeoutMs?: number } = {},
): Store {
  const { access = 'write', busyTimeoutMs = 5000 } = options;
  const file = join(folder, 'tsync.db');
  return new SqliteStore(openDatabase(file, access, busyTimeoutMs), file, access);
}

class SqliteStore implements Store {
  private readonly database: DatabaseSync;
  private readonly file: string;
  private readonly access: Access;
  private readonly writer: EventWriter;

  constructor(database: DatabaseSync, file: string, access: Access) {
    this.database = database;
    this.file = file;
    this.access = access;
    this.writer = new EventWriter(database);
  }

  append(run: string, event: Event): void {
    this.guarded(() => this.writer.append(run, event));
  }

  flush(): void {
    this.guarded(() => this.writer.flush());
  }

  runs(filter: RunFilter = {}): readonly RunRecord[] {
    return this.guarded(() => {
      this.writer.flush();
      const { sql, values } = selectRuns(filter);
      return this.database
        .prepare(sql)
        .all(...values)
        .map(runRecord);
    });
  }

  findRun(word: string, filter: RunFilter = {}): RunRecord {
    const runs = this.runs(filter);
    const exact = word === 'latest' ? runs[0] : runs.find((record) => record.run === word);
    if (exact !== undefined) return exact;
    const [first, second] = runs.filter((record) => word !== '' && record.run.startsWith(word));
    if (first === undefined) throw noSuchRun(word, runs.length);
    if (second !== undefined) throw ambiguous(word, first, second);
    return first;
  }

  *events(run: string): Iterable<Event> {
    try {
      this.writer.flush();
      const rows = this.database.prepare(SELECT_EVENTS).iterate(run);
      for (const row of rows) yield* unpackEvents(row.body);
    } catch (error) {
      throw storeTrouble(error, this.file, this.access);
    }
  }

  forget(runs: readonly string[]): void {
    this.guarded(() => {
      this.writer.flush();
      const statement = this.database.prepare('delete from runs where run = ?');
      this.database.exec('begin immediate');
      for (const run of runs) statement.run(run);
      this.database.exec('commit');
    });
  }

  close(): void {
    if (!this.database.isOpen) return;
    try {
      this.guarded(() => this.writer.flush());
    } finally {
      this.database.close();
    }
  }

  private guarded<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      throw storeTrouble(error, this.file, this.access);
    }
  }
}

const SELECT_EVENTS = `
  select body from events join runs on runs.number = events.run where runs.run = ? order by events.first
`;

function noSuchRun(word: string, count: number): TsyncError {
  const detail = count === 0 ? 'No run of this kind is stored yet.' : `No stored run begins with "${printable(word)}".`;
  return new TsyncError('store/no-such-run', detail, { exitCode: 64 });
}

function ambiguous(word: string, newest: RunRecord, next: RunRecord): TsyncError {
  const detail = `"${printable(word)}" could be ${newest.run} or ${next.run}.`;
  return new TsyncError('store/ambiguous-run', detail, { exitCode: 64 });
}
