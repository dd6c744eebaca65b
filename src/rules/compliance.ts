import { linesWith, type PlacedLine } from '#config/daemon-config.js';
import { type Answer, breach, type Condition, doubt, noLine } from './answer.js';
import { evidence, lineEvidence } from './observe.js';
import { optionsOf, type Seen } from './seen.js';

/** 2^16 s is 18 hours: the largest polling interval that asks at least every 24 hours. */
const MAX_POLL = 16;

export const COMPLIANCE_CONDITIONS = {
  'compliance/chrony-package': (seen) => packageIs(seen, 'chrony', 'installed'),
  'compliance/command-port': (seen) => mustBeZero(seen, 'cmdport'),
  'compliance/makestep': (seen) => {
    if (!seen.isConfigKnown) return noLine(seen);
    const last = linesWith(seen, 'makestep').at(-1);
    const [threshold, limit] = (last?.line.args ?? []).map(Number);
    if (last !== undefined && (threshold ?? 0) <= 1 && limit === -1) return 'holds';
    return breach(
      last?.line.text.trim() ?? 'no makestep line',
      'makestep 1 -1',
      last === undefined ? [] : [lineEvidence(last)],
    );
  },
  'compliance/ntp-server': (seen) => {
    if (!seen.isConfigKnown) return noLine(seen);
    const { servers } = seen;
    if (servers.some((one) => !optionsOf(one).includes('noselect'))) return 'holds';
    return breach('no server line', 'a server', servers.map(lineEvidence));
  },
  'compliance/ntp-package': (seen) => packageIs(seen, 'ntp', 'not installed'),
  'compliance/poll': (seen) => {
    const { servers } = seen;
    if (servers.length === 0) return noLine(seen);
    const wrong = servers.filter((one) => one.line.directive !== 'server' || maxPollOf(one) > MAX_POLL);
    const first = wrong[0];
    return first === undefined
      ? 'holds'
      : breach(first.line.text.trim(), 'server with maxpoll 16 or less', wrong.map(lineEvidence));
  },
  'compliance/port': (seen) => mustBeZero(seen, 'port'),
  'compliance/timesyncd-package': (seen) => packageIs(seen, 'systemd-timesyncd', 'not installed'),
} satisfies Record<string, Condition>;

function packageIs({ facts }: Seen, name: string, wanted: 'installed' | 'not installed'): Answer {
  if (facts.packages.value === null) return doubt(facts.packages.reason);
  const version = facts.packages.value[name];
  if ((version !== undefined) === (wanted === 'installed')) return 'holds';
  const seen = [evidence('packages', version === undefined ? `${name} is not installed` : `${name} ${version}`)];
  return breach(version === undefined ? 'not installed' : `${name} ${version}`, wanted, seen);
}

function mustBeZero(seen: Seen, directive: string): Answer {
  if (!seen.isConfigKnown) return noLine(seen);
  const last = linesWith(seen, directive).at(-1);
  if (last?.line.args[0] === '0') return 'holds';
  return breach(
    last?.line.text.trim() ?? `no ${directive} line`,
    `${directive} 0`,
    last === undefined ? [] : [lineEvidence(last)],
  );
}

/** 10 where the line says nothing: chrony.conf(5). */
function maxPollOf(one: PlacedLine): number {
  const options = optionsOf(one);
  const at = options.indexOf('maxpoll');
  return at < 0 ? 10 : Number(options[at + 1]);
}
