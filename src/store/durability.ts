import type { Event } from '#run/event.js';

/**
 * Whether the event must be on the disk before the run goes on.
 *
 * `now`: a later rollback, or whoever looks after a crash, needs it (and with it all events before, so also the plan that
 * is applied). `soon`: it can be seen again by asking the host, so that a fleet's audit does not wait for the disk.
 */
export function durability(event: Event): 'now' | 'soon' {
  switch (event.type) {
    case 'run-started':
    case 'apply-started':
    case 'host-applied':
    case 'verdict':
    case 'abandoned-taken-back':
    case 'found-kept':
    case 'run-interrupted':
    case 'run-finished':
      return 'now';
    case 'host-finished':
      return event.outcome === 'changed' || event.outcome === 'reverted' || event.outcome === 'guard-unknown'
        ? 'now'
        : 'soon';
    default:
      return 'soon';
  }
}
