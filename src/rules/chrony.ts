import { isAtLeast } from '#config/chrony-version.js';
import { linesWith, type PlacedLine } from '#config/daemon-config.js';
import { lineAt } from '#config/find-rejected.js';
import { isSmearing } from '#platforms/smear.js';
import { type Answer, breach, type Condition, doubt, noLine } from './answer.js';
import { evidence, lineEvidence } from './observe.js';
import { isHyperv, optionsOf, type Seen } from './seen.js';

export const CHRONY_CONDITIONS = {
  'chrony/authentication-required': (seen) => {
    const mode = linesWith(seen, 'authselectmode').at(-1);
    if (mode?.line.args[0]?.toLowerCase() !== 'require') return noLine(seen);
    const usable = seen.servers.some((one) => optionsOf(one).some((word) => word === 'nts' || word === 'key'));
    if (usable || linesWith(seen, 'refclock').length > 0) return 'holds';
    return breach('no server with nts or key', 'at least one', [lineEvidence(mode), ...seen.servers.map(lineEvidence)]);
  },
  'chrony/command-port': (seen) => {
    if (seen.facts.root || !seen.active.includes('chrony')) return null;
    const closed = linesWith(seen, 'cmdport').at(-1);
    if (closed?.line.args[0] !== '0') return noLine(seen);
    const { tracking } = seen.facts.chrony;
    return tracking.value !== null ? 'holds' : breach('chronyc cannot ask', 'root rights', [lineEvidence(closed)]);
  },
  'chrony/config-accepted': ({ facts, chrony, isKeeper }) => {
    const isUsed = isKeeper || chrony?.active.value !== false || chrony.enabled.value !== false;
    if (chrony?.installed.value !== true || !isUsed) return null;
    const check = facts.chrony.configCheck;
    if (check.value === null) return doubt(check.reason);
    if (check.value.verdict === 'not-asked') return null;
    if (check.value.verdict === 'accepted') return 'holds';
    const { fault, at } = check.value;
    const line = at === null ? null : lineAt(facts.files, at);
    const place = at === null ? 'chronyd -p' : `${at.path}:${at.line}`;
    return breach(fault, 'accepted', [evidence(place, line?.slice(0, 400) ?? fault)]);
  },
  'chrony/directive-too-new': (seen) => {
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
  'chrony/initstepslew': (seen) => absent(seen, 'initstepslew'),
  'chrony/leap-seconds-smeared': (seen) => {
    const own = [...linesWith(seen, 'leapsectz'), ...linesWith(seen, 'leapseclist')];
    if (own.length === 0) return noLine(seen);
    const smearing = seen.servers.filter((one) => isSmearing(one, seen.facts));
    if (smearing.length === 0) return 'holds';
    return breach('leap seconds beside smearing servers', 'one of the two', [...own, ...smearing].map(lineEvidence));
  },
  'chrony/leap-zone': (seen) => {
    const zone = linesWith(seen, 'leapsectz').at(-1);
    if (zone === undefined || !zone.line.args[0]?.startsWith('right/')) return noLine(seen);
    const { leapZone } = seen.facts.around;
    if (leapZone.value === null) return doubt(leapZone.reason, [lineEvidence(zone)]);
    return leapZone.value
      ? 'holds'
      : breach('no right/UTC below /usr/share/zoneinfo', 'the zone', [lineEvidence(zone)]);
  },
  'chrony/makestep-pause': (seen) => {
    if (seen.settings.makestep === null || !needsMakestep(seen)) return null;
    if (!seen.isConfigKnown) return noLine(seen);
    const last = linesWith(seen, 'makestep').at(-1);
    if (last !== undefined && Number(last.line.args[1]) < 0) return 'holds';
    return breach(last?.line.text.trim() ?? 'no makestep line', 'makestep 1.0 -1', last ? [lineEvidence(last)] : []);
  },
  'chrony/min-sources': (seen) => {
    const line = linesWith(seen, 'minsources').at(-1);
    if (line === undefined) return noLine(seen);
    const wanted = Number(line.line.args[0]);
    const there = countSources(seen);
    return there >= wanted ? 'holds' : breach(`${there} sources`, `${wanted} sources`, [lineEvidence(line)]);
  },
  'chrony/platform-config': (seen) => {
    const path = seen.facts.chrony.configPath;
    const { chrony } = seen.config;
    if (path === null || !(chrony.known || chrony.isThere)) return noLine(seen);
    if (path === '/etc/chrony.conf' || path === '/etc/chrony/chrony.conf') return 'holds';
    return breach(path, '/etc/chrony.conf or /etc/chrony/chrony.conf', [evidence('chronyd -f', path)]);
  },
  'chrony/rtc-twice': (seen) => {
    const [sync, file] = [linesWith(seen, 'rtcsync'), linesWith(seen, 'rtcfile')];
    if (sync.length + file.length === 0) return noLine(seen);
    if (sync.length === 0 || file.length === 0) return 'holds';
    return breach('rtcsync and rtcfile', 'one of them', [...sync, ...file].map(lineEvidence));
  },
  'chrony/tai-leap-seconds': (seen) => {
    const tai = linesWith(seen, 'refclock').filter((one) => optionsOf(one).includes('tai'));
    if (tai.length === 0) return noLine(seen);
    if (linesWith(seen, 'leapsectz').length + linesWith(seen, 'leapseclist').length > 0) return 'holds';
    return breach('tai without leap seconds', 'leapsectz or leapseclist', tai.map(lineEvidence));
  },
} satisfies Record<string, Condition>;

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

/** Machines that can be paused and that nobody sets right afterwards: TimeSync does it on Hyper-V, clouds do not pause for long. */
function needsMakestep({ facts }: Seen): boolean {
  const { virtualization, cloud, hyperv } = facts;
  if (isHyperv(facts)) return hyperv.timeSyncOffered.value === false;
  const isVirtual = ['kvm', 'vmware', 'xen'].includes(virtualization.value ?? '');
  return isVirtual && cloud.value === 'none';
}

/** A pool counts for `maxsources` servers, 4 unless it says so. */
function countSources(seen: Seen): number {
  const lines = [...seen.servers, ...linesWith(seen, 'refclock')].filter((one) => !optionsOf(one).includes('noselect'));
  return lines.reduce((sum, one) => sum + (one.line.directive === 'pool' ? maxSources(one) : 1), 0);
}

export function maxSources(pool: PlacedLine): number {
  const options = optionsOf(pool);
  const at = options.indexOf('maxsources');
  return at < 0 ? 4 : Number(options[at + 1]) || 4;
}
