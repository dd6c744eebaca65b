import { assertNever } from '#errors/assert-never.js';
import type { Facts } from '#facts/facts.js';
import type { Check } from './check.js';
import { judgeClockOffset } from './judge-clock-offset.js';
import { judgeDaemonOffset } from './judge-daemon-offset.js';
import { judgeSelectedSource } from './judge-selected-source.js';
import { judgeSynchronised } from './judge-synchronised.js';
import { judgeWatchedSource } from './judge-watched-source.js';
import type { Judgement } from './verdict.js';

/** Judges one check on the facts of a host. */
export function judge(check: Check, facts: Facts): Judgement {
  switch (check.kind) {
    case 'clock-offset':
      return judgeClockOffset(facts, check.limitSeconds);
    case 'synchronised':
      return judgeSynchronised(facts);
    case 'selected-source':
      return judgeSelectedSource(facts, check.anyOf, check.names);
    case 'watched-source':
      return judgeWatchedSource(facts);
    case 'daemon-offset':
      return judgeDaemonOffset(facts, check.limitSeconds);
    default:
      return assertNever(check);
  }
}
