import { openStore } from '#store/open-store.js';
import { applyEvents } from './apply-events.js';

/**
 * A child process of the tests: writes a run into FOLDER, and prints the sequence number of every event once `append`
 * returned. With a COUNT it ends after so many events, else it goes on until it is killed.
 */
const [folder = '', run = '', count] = process.argv.slice(2);
const store = openStore(folder);
for (const event of applyEvents(run, count === undefined ? Number.POSITIVE_INFINITY : Number(count))) {
  store.append(run, event);
  process.stdout.write(`${event.sequence}\n`);
}
store.close();
