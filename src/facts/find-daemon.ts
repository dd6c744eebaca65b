import type { DaemonFacts, DaemonName, Facts } from './facts.js';

/** What is known of one of the time daemons; undefined only where facts were made by hand. */
export function findDaemon({ daemons }: Pick<Facts, 'daemons'>, name: DaemonName): DaemonFacts | undefined {
  return daemons.find((one) => one.name === name);
}
