import { isAtLeast } from '#config/chrony-version.js';
import { linesWith, type PlacedLine } from '#config/daemon-config.js';
import { type Answer, breach, noLine } from './answer.js';
import { lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import { optionsOf, type Seen } from './seen.js';

/** Directives and options that this chronyd does not know, or knows as deprecated. */
export const CHRONY_DIRECTIVE_RULES = [
  {
    id: 'chrony/directive-too-new',
    severity: 'critical',
    sentence: 'This version of chronyd knows every directive of its configuration.',
    broken:
      'The configuration uses a directive or option that this version of chronyd does not know: chronyd does not start.',
    brokenAt: '{where} needs {expected}, and {found} is installed: chronyd does not start.',
    applies: 'Where chronyd is configured.',
    source:
      'NEWS of chrony: confdir, sourcedir and NTS since 4.0, leapseclist since 4.6; an unknown one keeps chronyd from starting',
    remedy: 'Remove the directive, or update chrony.',
    condition: (seen) => {
      if (seen.version === null || !seen.isConfigKnown) return noLine(seen);
      const { version } = seen;
      const wrong = [...seen.directives.values()].flat().flatMap((one) => {
        const unknown = newWords(one).find(([, since]) => !isAtLeast(version, since));
        return unknown === undefined ? [] : [{ one, word: unknown[0], since: unknown[1].join('.') }];
      });
      const first = wrong[0];
      if (first === undefined) return 'holds';
      const limit = `chrony ${first.since} for "${first.word}"`;
      return breach(
        `chrony ${version.join('.')}`,
        limit,
        wrong.map(({ one }) => lineEvidence(one)),
      );
    },
  },
  {
    id: 'chrony/initstepslew',
    severity: 'info',
    sentence: 'chronyd makes its first correction with makestep, not with initstepslew.',
    broken: 'chronyd makes its first correction with the deprecated directive initstepslew.',
    brokenAt: '{where} uses the deprecated directive initstepslew.',
    applies: 'Where chronyd is configured.',
    source: 'chrony.conf(5): initstepslew is deprecated in favour of makestep',
    remedy: 'Replace "initstepslew" by "makestep".',
    condition: (seen) => absent(seen, 'initstepslew'),
  },
  {
    id: 'chrony/option-too-new',
    severity: 'critical',
    sentence: 'This version of chronyd knows every option of its refclocks.',
    broken: 'A refclock has an option that this version of chronyd does not know: chronyd does not start.',
    brokenAt: '{where} has an option that this version of chronyd does not know: chronyd does not start.',
    applies: 'Where a refclock has the option stratum or tai and chrony is older than 3.3.',
    source: 'NEWS of chrony: refclock option "stratum" since 3.3; an unknown option keeps chronyd from starting',
    remedy: 'Remove the option, or update chrony.',
    condition: null,
  },
] as const satisfies readonly Rule[];

type Version = readonly [number, number];

/** First release that knows a directive, from NEWS of chrony. */
const DIRECTIVES: ReadonlyMap<string, Version> = new Map<string, Version>([
  ['makestep', [1, 24]],
  ['maxchange', [1, 27]],
  ['authselectmode', [4, 0]],
  ['confdir', [4, 0]],
  ['nosystemcert', [4, 0]],
  ['ntsdumpdir', [4, 0]],
  ['ntsport', [4, 0]],
  ['ntsrefresh', [4, 0]],
  ['ntsservercert', [4, 0]],
  ['ntsserverkey', [4, 0]],
  ['ntstrustedcerts', [4, 0]],
  ['sourcedir', [4, 0]],
  ['leapseclist', [4, 6]],
]);

const SOURCE_OPTIONS: ReadonlyMap<string, Version> = new Map<string, Version>([
  ['require', [2, 3]],
  ['trust', [2, 3]],
  ['xleave', [3, 0]],
  ['nts', [4, 0]],
  ['maxunreach', [4, 8]],
]);

/** `stratum` and `tai` are of the rule chrony/option-too-new. */
const REFCLOCK_OPTIONS: ReadonlyMap<string, Version> = new Map<string, Version>([
  ['require', [2, 3]],
  ['trust', [2, 3]],
  ['pps', [3, 2]],
  ['width', [3, 2]],
]);

const REFCLOCK_DRIVERS: ReadonlyMap<string, Version> = new Map<string, Version>([
  ['PHC', [1, 30]],
  ['RTC', [4, 7]],
]);

function newWords(one: PlacedLine): readonly (readonly [string, Version])[] {
  const directive = one.line.directive ?? '';
  const since = DIRECTIVES.get(directive);
  if (since !== undefined) return [[directive, since]];
  switch (directive) {
    case 'server':
    case 'pool':
    case 'peer':
      return known(optionsOf(one), SOURCE_OPTIONS);
    case 'refclock':
      return [
        ...known(one.line.args.slice(0, 1), REFCLOCK_DRIVERS),
        ...known(optionsOf(one).slice(1), REFCLOCK_OPTIONS),
      ];
    case 'include':
      return /[*?[]/.test(one.line.args[0] ?? '') ? [['include with a pattern', [2, 2]]] : [];
    default:
      return [];
  }
}

function known(words: readonly string[], table: ReadonlyMap<string, Version>): readonly (readonly [string, Version])[] {
  return words.flatMap((word) => {
    const since = table.get(word) ?? table.get(word.toUpperCase());
    return since === undefined ? [] : [[word, since] as const];
  });
}

function absent(seen: Seen, directive: string): Answer {
  if (!seen.isConfigKnown) return noLine(seen);
  const lines = linesWith(seen, directive);
  return lines[0] === undefined
    ? 'holds'
    : breach(lines[0].line.text.trim(), `no ${directive} line`, lines.map(lineEvidence));
}
