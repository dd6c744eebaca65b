import { TsyncError } from '#errors/tsync-error.js';
import { type Resumption, resumptionOf } from '#run/resumption.js';
import { withStore } from './find-run.js';

/** What the run of this name, or the latest one that was cut off, left to do. Throws `resume/running` or `resume/nothing`. */
export function findResumption(name: string): Resumption {
  const left = withStore((store) => {
    const cutOff =
      name === 'latest' ? store.runs({ kinds: CHANGING }).find(({ end }) => end.state !== 'finished') : null;
    const record = cutOff ?? store.findRun(name);
    if (record.end.state === 'running') {
      throw new TsyncError('resume/running', `Run ${record.run} of ${record.who} still goes on.`, { exitCode: 64 });
    }
    return resumptionOf(store.events(record.run));
  });
  if (left === null || left.inFlight.length + left.waiting.length === 0) {
    const detail = `Run ${left?.state.run ?? name} left no host in flight, and none that was approved and not begun.`;
    throw new TsyncError('resume/nothing', detail, { exitCode: 64 });
  }
  return left;
}

const CHANGING = ['run', 'apply', 'rollback', 'resume'] as const;
