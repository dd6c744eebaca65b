/**
 * What makes a store of version N into one of version N + 1, oldest first; `PRAGMA user_version` says how many were done.
 * A released entry is never edited: the next change is a new one at the end.
 *
 * A body is what `event-pack.ts` makes of the events that were written together; `first` is the sequence number of the first.
 * `number` keeps the index small: run ids are long.
 */
export const MIGRATIONS: readonly string[] = [
  `
  create table runs (
    number integer primary key,
    run text not null unique,
    kind text not null,
    who text not null,
    version text not null,
    inventory text not null,
    of_run text,
    hosts integer not null,
    touched integer not null default 0,
    process text not null,
    started_at text not null,
    finished_at text,
    exit_code integer
  ) strict;
  create table events (
    run integer not null references runs (number) on delete cascade,
    first integer not null,
    body any not null
  ) strict;
  create unique index events_of_run on events (run, first);
  `,
];
