import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TsyncError } from '#errors/tsync-error.js';
import type { Event } from '#run/event.js';
import { durability } from './durability.js';
import { packEvents } from './event-pack.js';
import { processIdentity } from './process-identity.js';

interface Waiting {
  readonly run: string;
  readonly event: Event;
}

/** Collects events and writes them in one transaction: at once what must be durable, the rest after a moment. */
export class EventWriter {
  private readonly database: DatabaseSync;
  private readonly numbers = new Map<string, number>();
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;
  private trouble: unknown = null;
  private statements: Statements | null = null;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  append(run: string, event: Event): void {
    this.throwTrouble();
    this.waiting.push({ run, event });
    if (durability(event) === 'now') this.flush();
    else if (this.waiting.length >= MOST_WAITING) this.flush('normal');
    else this.timer ??= setTimeout(() => this.flushLater(), DELAY_MS).unref();
  }

  /** `normal` leaves it to the system when the file reaches the disk: the next `full` brings all that came before with it. */
  flush(synchronous: 'full' | 'normal' = 'full'): void {
    this.throwTrouble();
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const events = this.waiting;
    this.waiting = [];
    if (events.length > 0) this.write(events, synchronous);
  }

  /** Nobody listens to a timer: what went wrong is told to the next who writes. */
  private flushLater(): void {
    try {
      this.flush('normal');
    } catch (error) {
      this.trouble ??= error;
    }
  }

  private throwTrouble(): void {
    if (this.trouble !== null) throw this.trouble;
  }

  /** After a failure nothing more is written: a log with a hole would be worse than one that ends. */
  private write(waiting: readonly Waiting[], synchronous: 'full' | 'normal'): void {
    try {
      this.database.exec(`pragma synchronous = ${synchronous}`);
      this.database.exec('begin immediate');
      for (const [run, events] of byRun(waiting)) this.insert(run, events);
      this.database.exec('commit');
    } catch (error) {
      this.trouble = error;
      if (this.database.isTransaction) this.database.exec('rollback');
      throw error;
    }
  }

  private insert(run: string, events: readonly [Event, ...Event[]]): void {
    this.statements ??= prepare(this.database);
    for (const event of events) this.note(run, event, this.statements);
    this.statements.add.run(this.numberOf(run), events[0].sequence, packEvents(events));
  }

  /** Keeps the run's own line up to date. */
  private note(run: string, event: Event, { start, forget, finish, touch }: Statements): void {
    if (event.type === 'run-started') {
      const { kind, who, version, inventory, of, hosts, at } = event;
      start.run(run, kind, who, version, inventory, of, hosts.length, processIdentity(), at);
      forget.run(KEPT_UNTOUCHED);
    }
    if (event.type === 'apply-started') touch.run(this.numberOf(run));
    if (event.type === 'run-finished') finish.run(event.at, event.exitCode, this.numberOf(run));
  }

  private numberOf(run: string): number {
    const known = this.numbers.get(run);
    if (known !== undefined) return known;
    const row = this.database.prepare('select number from runs where run = ?').get(run);
    if (row === undefined) {
      throw new TsyncError('internal/bug', `The run ${run} got an event before its start was stored.`, { exitCode: 1 });
    }
    const number = Number(row.number);
    this.numbers.set(run, number);
    return number;
  }
}

function byRun(waiting: readonly Waiting[]): ReadonlyMap<string, [Event, ...Event[]]> {
  const runs = new Map<string, [Event, ...Event[]]>();
  for (const { run, event } of waiting) {
    const events = runs.get(run);
    if (events === undefined) runs.set(run, [event]);
    else events.push(event);
  }
  return runs;
}

interface Statements {
  readonly start: StatementSync;
  readonly forget: StatementSync;
  readonly finish: StatementSync;
  readonly touch: StatementSync;
  readonly add: StatementSync;
}

function prepare(database: DatabaseSync): Statements {
  return {
    start: database.prepare(`
      insert into runs (run, kind, who, version, inventory, of_run, hosts, process, started_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    `),
    forget: database.prepare(`
      delete from runs where touched = 0 and number <= (
        select number from runs where touched = 0 order by number desc limit 1 offset ?
      )
    `),
    finish: database.prepare('update runs set finished_at = ?, exit_code = ? where number = ?'),
    touch: database.prepare('update runs set touched = touched + 1 where number = ?'),
    add: database.prepare('insert into events (run, first, body) values (?, ?, ?)'),
  };
}

/** A killed audit loses at most what was seen in this time. */
const DELAY_MS = 250;
const MOST_WAITING = 256;
/** Audits and plans that are kept; a run that began a transaction on a host is kept for ever, because it can be rolled back. */
const KEPT_UNTOUCHED = 500;
