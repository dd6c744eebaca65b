import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesWith, type PlacedLine } from '#config/daemon-config.js';
import { matchesGlob } from '#config/matches-glob.js';
import { readChronyConfig } from '#config/read-chrony-config.js';
import { readConfig } from '#config/read-config.js';
import { OWN_DROP_IN } from '#config/read-timesyncd-config.js';
import type { DaemonFacts, DaemonName, Facts } from '#facts/facts.js';
import { answerRules } from '#rules/run-rules.js';
import { DEFAULT_SETTINGS } from '#settings/settings.js';
import { makeFacts, present } from '../policy/make-facts.js';

const MAIN = '/etc/chrony/chrony.conf';

/** A host with these files, which the probe named in any order. */
function chronyHost(files: { readonly [path: string]: string }, change: Partial<DaemonFacts> = {}): Facts {
  const facts = makeFacts({ family: 'debian', versionId: '12', chrony: '4.3', systemd: 252, files });
  const named = Object.keys(files).filter((path) => path !== MAIN);
  return {
    ...facts,
    chrony: { ...facts.chrony, configPath: MAIN, configFiles: [MAIN, ...named.toReversed()] },
    daemons: facts.daemons.map((one) => (one.name === 'chrony' ? { ...one, ...change } : one)),
  };
}

/** A host whose only daemon is this one. */
function hostOf(name: DaemonName, files: { readonly [path: string]: string }): Facts {
  const facts = makeFacts({ family: 'debian', versionId: '12', chrony: '4.3', systemd: 252, files });
  const daemon = { ...facts.daemons[0]!, name, commandLine: ['/usr/sbin/daemon'] };
  return { ...facts, daemons: [daemon] };
}

const textsOf = (lines: readonly PlacedLine[]) => lines.map(({ line }) => line.text.trim());

function readOf<R extends { readonly known: boolean }>(reading: R): Extract<R, { readonly known: true }> {
  if (!reading.known) throw new Error(JSON.stringify(reading));
  return reading as Extract<R, { readonly known: true }>;
}

describe('the configuration of chrony', () => {
  it('has the lines of an include where it stands, and again where it is read again', () => {
    const facts = chronyHost({
      [MAIN]: 'port 1\ninclude /etc/more.conf\nport 3\n#tsync# include /etc/off.conf\ninclude /etc/mor?.conf\nport 4\n',
      '/etc/more.conf': 'port 2\n',
      '/etc/off.conf': 'port 9\n',
    });
    const { config } = readOf(readChronyConfig(facts));
    expect(textsOf(linesWith(config, 'port'))).toEqual(['port 1', 'port 3', 'port 2', 'port 4']);
    expect(config.files.map(({ path }) => path)).toEqual([MAIN, '/etc/more.conf']);
  });

  it('knows what tsync wrote by its name, whichever directive brings it', () => {
    const facts = chronyHost({
      [MAIN]: 'include /etc/s/*.sources\nsourcedir /etc/s\n',
      '/etc/s/tsync.sources': 'server mine\n',
      '/etc/s/other.sources': 'server theirs\n',
    });
    const { config } = readOf(readChronyConfig(facts));
    expect(config.own.map(({ args }) => args[0])).toEqual(['mine']);
    expect(textsOf(config.foreign).filter((text) => text.startsWith('server'))).toEqual(['server theirs']);
  });

  it('of folders that are named twice takes the first place', () => {
    const facts = chronyHost({
      [MAIN]: 'confdir /etc/a /etc/b /etc/a/\n',
      '/etc/a/x.conf': 'port 1\n',
      '/etc/b/x.conf': 'port 2\n',
    });
    expect(textsOf(linesWith(readOf(readChronyConfig(facts)).config, 'port'))).toEqual(['port 1']);
  });

  it('is not known where its patterns or folders are made to be slow, and nobody waits for that', () => {
    const slow = Object.fromEntries(Array.from({ length: 110 }, (_, at) => [`/${'a'.repeat(500)}${at}`, '']));
    const patterns = chronyHost({ [MAIN]: `include /*${'a'.repeat(250)}b\n`.repeat(60), ...slow });
    const folders = chronyHost({ [MAIN]: `confdir ${'/a '.repeat(40_000)}\n`, ...slow });
    expect(readChronyConfig(patterns)).toMatchObject({ known: false, reason: expect.stringContaining('too long') });
    expect(readChronyConfig(folders).known).toBe(true);
  });

  it('has of files with one name that of the folder that a confdir names first', () => {
    const facts = chronyHost({
      [MAIN]: 'confdir /run/c/ /etc/c\nsourcedir /run/s /etc/s\nserver z\n',
      '/etc/c/10.conf': 'port 10\n',
      '/run/c/20.conf': 'port 20\n',
      '/etc/c/20.conf': 'port 99\n',
      '/etc/c/deeper/30.conf': 'port 99\n',
      '/etc/s/b.sources': 'server b\nport 99\n',
      '/run/s/a.sources': 'server a\n',
      '/etc/s/a.sources': 'server 99\n',
    });
    const { config } = readOf(readChronyConfig(facts));
    expect(textsOf(linesWith(config, 'port'))).toEqual(['port 10', 'port 20']);
    expect(textsOf(config.servers)).toEqual(['server z', 'server a', 'server b']);
  });

  it('is unknown, and not fine, where the probe did not follow a part of it', () => {
    const lines = { [MAIN]: 'pool p iburst\nmakestep 1.0 -1\nport 0\n' };
    expect(readChronyConfig(chronyHost(lines)).known).toBe(true);
    const facts = chronyHost(lines, { unread: ['/etc/chrony/conf.d/a b.conf'] });
    expect(readChronyConfig(facts)).toMatchObject({ known: false, isThere: true });
    const answers = answerRules(facts, DEFAULT_SETTINGS).filter(({ rule }) => ASKS_CONFIG.includes(rule));
    expect(answers.length).toBe(ASKS_CONFIG.length);
    for (const { rule, answer } of answers) expect(answer, rule).toMatchObject({ verdict: { status: 'unknown' } });
  });

  it('is unknown where files include each other, and takes no time over it', () => {
    const many = 'include /etc/c/*.conf\n'.repeat(50);
    const loop = chronyHost({ [MAIN]: many, '/etc/c/a.conf': many, '/etc/c/b.conf': many });
    const started = performance.now();
    expect(readChronyConfig(loop)).toMatchObject({ known: false, isThere: true });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is not there without chrony, which is not the same as unknown', () => {
    const facts = chronyHost({ [MAIN]: '' }, { installed: { value: false } });
    expect(readChronyConfig(facts)).toMatchObject({ known: false, isThere: false });
    for (const { rule, answer } of answerRules(facts, DEFAULT_SETTINGS))
      if (ASKS_CONFIG.includes(rule)) expect(answer, rule).toBeNull();
  });
});

const ASKS_CONFIG: readonly string[] = [
  'chrony/authentication-required',
  'chrony/directive-too-new',
  'chrony/initstepslew',
  'chrony/leap-seconds-smeared',
  'chrony/leap-zone',
  'chrony/makestep-pause',
  'chrony/min-sources',
  'chrony/rtc-twice',
  'chrony/tai-leap-seconds',
  'compliance/command-port',
  'compliance/makestep',
  'compliance/ntp-server',
  'compliance/poll',
  'compliance/port',
  'phc/bare-refclock',
  'phc/offset',
  'phc/stratum',
  'phc/trust',
  'phc/undisciplined',
  'sources/majority',
  'sources/nts',
  'sources/selectable',
  'sources/smear',
];

describe('the configuration of ntpd', () => {
  const files = {
    '/etc/ntp.conf': 'tinker panic 1\nincludefile /etc/more.conf\ntinker panic 3\n',
    '/etc/more.conf': 'tinker panic 2\n',
    '/etc/ntp.d/a.conf': 'tinker panic 4\n',
  };

  it('reads a fragment of ntp.d after our lines, also where an includefile brought it before', () => {
    const facts = hostOf('ntpsec', {
      '/etc/ntpsec/ntp.conf': 'includefile /etc/ntpsec/ntp.d/x.conf\n',
      '/etc/ntpsec/ntp.d/x.conf': 'tinker step 0.5\n',
    });
    const { config } = readOf(readConfig(facts).ntpsec);
    expect(linesWith(config, 'tinker').map(({ file }) => file.afterOurs)).toEqual([true]);
  });

  it('has the lines of an includefile where it stands; ntpsec alone reads ntp.d, after the main file', () => {
    const ntpsec = readOf(readConfig(hostOf('ntpsec', files)).ntpsec).config;
    expect(textsOf(linesWith(ntpsec, 'tinker'))).toEqual([1, 2, 3, 4].map((at) => `tinker panic ${at}`));
    expect(linesWith(ntpsec, 'tinker').map(({ file }) => file.afterOurs)).toEqual([false, false, false, true]);
    const ntpd = readOf(readConfig(hostOf('ntpd', files)).ntpd).config;
    expect(textsOf(linesWith(ntpd, 'tinker'))).toEqual([1, 2, 3].map((at) => `tinker panic ${at}`));
  });

  it('is unknown where an included file includes more', () => {
    const nested = { ...files, '/etc/more.conf': 'includefile /etc/deeper.conf\n' };
    expect(readConfig(hostOf('ntpd', nested)).ntpd).toMatchObject({ known: false, isThere: true });
  });
});

describe('the configuration of timesyncd', () => {
  it('has the drop-ins by name, each from the foremost folder that has it', () => {
    const folder = 'systemd/timesyncd.conf.d';
    const facts = hostOf('timesyncd', {
      '/etc/systemd/timesyncd.conf': '[Time]\nNTP=main\n',
      [`/usr/lib/${folder}/20.conf`]: '[Time]\nNTP=hidden\n',
      [`/run/${folder}/20.conf`]: '[Time]\nNTP=run\n',
      [`/usr/lib/${folder}/10.conf`]: '[Time]\nNTP=\nNTP=lib\n',
      [OWN_DROP_IN]: '[Time]\nNTP=\nNTP=ours\n',
      [`/etc/${folder}/zzz.conf`]: '[Time]\nNTP=late\n',
    });
    const { config } = readOf(readConfig(facts).timesyncd);
    expect(config.addresses).toEqual(['lib', 'run', 'late']);
    expect(textsOf(config.servers)).toEqual(['NTP=ours', 'NTP=late']);
    expect(config.foreign.filter(({ file }) => file.afterOurs).map(({ line }) => line.args)).toEqual([['late']]);
  });

  it('has a file of /usr/lib where the one of that name in /etc was looked for and is absent', () => {
    const vendor = OWN_DROP_IN.replace('/etc/', '/usr/lib/');
    const facts = hostOf('timesyncd', { [vendor]: '[Time]\nNTP=vendor\n' });
    const files = new Map([
      ...facts.files,
      [OWN_DROP_IN, { state: 'absent' } as const],
      [vendor, present('[Time]\nNTP=vendor\n')],
    ]);
    expect(readOf(readConfig({ ...facts, files }).timesyncd).config.addresses).toEqual(['vendor']);
  });
});

describe('a pattern of include', () => {
  it('matches what the same pattern of regular expressions matches', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '.', '*', '?'), { maxLength: 6 }).map((some) => some.join(''));
    const name = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 6 }).map((some) => some.join(''));
    const toRegExp = (pattern: string) =>
      `${/^[*?]/.test(pattern) ? '(?!\\.)' : ''}${pattern
        .replaceAll('.', '\\.')
        .replaceAll('*', '[^/]*')
        .replaceAll(/(?<!\()\?/g, '[^/]')}`;
    fc.assert(
      fc.property(fc.tuple(part, part), fc.tuple(name, name), (parts, names) => {
        const reference = new RegExp(`^${parts.map(toRegExp).join('/')}$`);
        expect(matchesGlob(names.join('/'), parts.join('/'))).toBe(reference.test(names.join('/')));
      }),
      { numRuns: 2000 },
    );
  });
});
