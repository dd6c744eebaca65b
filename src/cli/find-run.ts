import { TsyncError } from '#errors/tsync-error.js';
import type { Event } from '#run/event.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import { openStore } from '#store/open-store.js';
import type { RunFilter, Store } from '#store/store.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';

/** The operator's store, for reading; closed when `use` has given its result. Throws `TsyncError` `store/...`. */
export function withStore<T>(use: (store: Store) => T): T {
  const store = openStore(storeFolder(process.env, operatorHome(process.env)), { access: 'read' });
  try {
    return use(store);
  } finally {
    store.close();
  }
}

/** A run that is kept here, by the beginning of its name or `latest`, folded from its events. */
export function findRun(name: string, filter?: RunFilter): RunState {
  return withStore((store) => {
    let state: RunState | null = null;
    for (const event of store.events(store.findRun(name, filter).run)) state = reduce(state, event);
    if (state === null)
      throw new TsyncError('store/corrupt', `The run ${name} is kept without its events.`, { exitCode: 1 });
    return state;
  });
}

/** The events of a run, in their order, read one by one; the store is closed when the last was taken, or no further is wanted. */
export function* eventsOf(name: string): Iterable<Event> {
  const store = openStore(storeFolder(process.env, operatorHome(process.env)), { access: 'read' });
  try {
    yield* store.events(store.findRun(name).run);
  } finally {
    store.close();
  }
}
