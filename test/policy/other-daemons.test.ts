import { describe, expect, it } from 'vitest';
import type { DaemonName, Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import type { NtpServer, Settings } from '#settings/settings.js';
import { bytesToText } from '#snapshot/bytes.js';
import { server, withSettings } from '../plan/made-hosts.js';
import { present } from './make-facts.js';
import { supportMatrix } from './matrix.js';

const ROWS = new Map(supportMatrix().map(({ host, facts }) => [host.row, facts]));

/** A fixture host with other files, and changes of one daemon. */
function hostOf(row: string, files: { readonly [path: string]: string }, change: Partial<Facts> = {}): Facts {
  const facts = ROWS.get(row);
  if (facts === undefined) throw new Error(`no row ${row}`);
  const all = new Map([...facts.files, ...Object.entries(files).map(([path, text]) => [path, present(text)] as const)]);
  return { ...facts, files: all, ...change };
}

interface Asked extends Omit<Partial<Settings>, 'ntpServers'> {
  readonly servers?: readonly Partial<NtpServer>[];
  readonly makestepAsked?: boolean;
}

function planOf(facts: Facts, { servers = [{ address: '192.0.2.1' }], makestepAsked = false, ...rest }: Asked = {}) {
  const ntpServers = servers.map((one) => server(one.address ?? '', one));
  const resolved = withSettings({ strategy: 'ntp-only', ntpServers, ...rest });
  const origins = makestepAsked ? { makestep: 'playbook' } : {};
  return assess({ host: 'h', facts, settings: { ...resolved, origins }, snapshotDigest: 'd', today: '2026-11-22' });
}

type Plan = ReturnType<typeof planOf>;

/** The text that a file is to have, or null where it is left alone. */
function textOf(plan: Plan, path: string): string | null {
  const change = plan.changes.find(({ name }) => name === path);
  return change?.kind === 'file' && change.after !== null ? bytesToText(change.after.bytes) : null;
}

function block(plan: Plan, path = '/etc/ntp.conf'): readonly string[] {
  const text = textOf(plan, path) ?? '';
  return text.split('# BEGIN tsync\n')[1]?.split('\n# END tsync')[0]?.split('\n') ?? [];
}

const statusOf = (plan: Plan, rule: string) => plan.findings.find((one) => one.rule === rule)?.status ?? null;

function withDaemon(facts: Facts, name: DaemonName, change: object): Facts {
  return { ...facts, daemons: facts.daemons.map((one) => (one.name === name ? { ...one, ...change } : one)) };
}

const NTPD = 'centos-7-alibaba';
const conf = (text: string) => hostOf(NTPD, { '/etc/ntp.conf': text });

describe('ntpd', () => {
  it('gets servers in a block of ours; refclocks, restrictions and comments stay', () => {
    const text = '# mine\nserver a iburst\nserver 127.127.20.0\nrestrict default nomodify noquery\ndisable monitor\n';
    const plan = planOf(conf(text));
    expect(textOf(plan, '/etc/ntp.conf')).toBe(
      `${text.replace('server a', '#tsync# server a')}# BEGIN tsync\nserver 192.0.2.1 iburst\n# END tsync\n`,
    );
    expect(plan.actions).toMatchObject([{ kind: 'restart', name: 'ntpd.service', mayStep: true }]);
  });

  it('is told to follow fewer sources where tos minsane asks for more than there will be', () => {
    const text = 'tos minclock 4 minsane 3\npool p iburst\n';
    expect(block(planOf(conf(text)))).toContain('tos minsane 1');
    const three = [1, 2, 3].map((at) => ({ address: `192.0.2.${at}` }));
    expect(block(planOf(conf(text), { servers: three }))).not.toContain('tos minsane 1');
  });

  it('lets the answers of its servers in where restrict drops them', () => {
    const text = 'restrict default ignore\n';
    expect(block(planOf(conf(text)))).toContain('restrict 192.0.2.1 nomodify notrap noquery');
    const named = planOf(conf(text), { servers: [{ address: 'ntp.example.com' }] });
    expect(statusOf(named, 'ntpd/restrict')).toBe('violation');
  });

  it('steps as a makestep of the playbook asks, and as far as it can', () => {
    const steps = (makestep: Settings['makestep']) =>
      block(planOf(conf('server 192.0.2.1 iburst\n'), { makestep, makestepAsked: true }));
    expect(steps({ thresholdSeconds: 2, limit: -1 })).toEqual(['tinker step 2', 'tinker panic 0']);
    expect(steps(null)).toEqual(['tinker step 0']);
    const few = planOf(conf('server 192.0.2.1 iburst\n'), {
      makestep: { thresholdSeconds: 1, limit: 3 },
      makestepAsked: true,
    });
    expect(few.changes).toEqual([]);
    expect(statusOf(few, 'ntpd/steps')).toBe('violation');
  });

  it('does not end itself after a long pause of a VM', () => {
    const strict = withDaemon(conf('server 192.0.2.1 iburst\n'), 'ntpd', { commandLine: ['ntpd', '-u', 'ntp:ntp'] });
    expect(block(planOf(strict))).toEqual(['tinker panic 0']);
    expect(statusOf(planOf(strict), 'ntpd/panic')).toBe('drift');
  });

  it('is allowed to set the clock: a line that says nothing else is switched off, another is told of', () => {
    expect(textOf(planOf(conf('disable ntp\nserver 192.0.2.1 iburst\n')), '/etc/ntp.conf')).toContain(
      '#tsync# disable ntp',
    );
    const mixed = planOf(conf('disable monitor ntp\nserver a\n'));
    expect(mixed.changes).toEqual([]);
    expect(statusOf(mixed, 'ntpd/no-clock-control')).toBe('violation');
    expect(statusOf(planOf(conf('disable ntp\nenable ntp\nserver a\n')), 'ntpd/no-clock-control')).toBe('in-sync');
  });

  it('is refused what its version does not know', () => {
    for (const odd of [{ nts: true }, { minpoll: 2 }, { key: 7 }]) {
      const plan = planOf(conf('server a\n'), { servers: [{ address: '192.0.2.1', ...odd }] });
      expect([plan.changes, statusOf(plan, 'strategy/possible')]).toEqual([[], 'violation']);
    }
    const trusted = planOf(conf('keys /etc/ntp/keys\n'), { servers: [{ address: '192.0.2.1', key: 7, trust: true }] });
    expect(block(trusted)).toEqual(['server 192.0.2.1 iburst key 7 true', 'trustedkey 7']);
  });

  it.each([
    ['a file that includes what was not read as a whole', 'includefile /etc/ntp/more.conf\n', 'includefile x\n'],
    ['a file with an include of an odd name', 'includefile "/etc/a b"\n', ''],
  ])('is left alone with %s', (_what, text, more) => {
    const plan = planOf(hostOf(NTPD, { '/etc/ntp.conf': text, '/etc/ntp/more.conf': more }));
    expect([plan.changes, statusOf(plan, 'ntpd/readable')]).toEqual([[], 'unknown']);
  });

  it('is left alone where another tool writes its file', () => {
    const plan = planOf(conf('# Ansible managed\nserver a\n'));
    expect([plan.changes, statusOf(plan, 'ntpd/owned-elsewhere')]).toEqual([[], 'unknown']);
    expect(planOf(conf('# Ansible managed\nserver a\n'), { takeOwnership: true }).changes).not.toEqual([]);
  });
});

describe('ntpsec', () => {
  const ROW = 'debian-12-ntpsec';

  it('is started without the file that DHCP made for it', () => {
    const dhcp = '/run/ntpsec/ntp.conf.dhcp';
    const files = {
      [dhcp]: 'server 10.0.0.9\n',
      '/etc/ntpsec/ntp.conf': 'pool p\n',
      '/etc/default/ntpsec': 'IGNORE_DHCP=""\n',
    };
    const facts = withDaemon(hostOf(ROW, files), 'ntpsec', { commandLine: ['ntpd', '-g', '-c', dhcp] });
    const plan = planOf(facts);
    expect(textOf(plan, '/etc/default/ntpsec')).toBe('IGNORE_DHCP="yes"\n');
    expect(block(plan, '/etc/ntpsec/ntp.conf')).toEqual(['server 192.0.2.1 iburst']);
    const kept = planOf(facts, { dhcpServers: 'keep' });
    expect([kept.changes, statusOf(kept, 'ntpd/readable')]).toEqual([[], 'in-sync']);
    expect(kept.strategy.reason).toContain('outside of /etc');
  });

  it('is not edited where a file that it reads later would have the last word', () => {
    const later = '/etc/ntpsec/ntp.d/z.conf';
    const plan = planOf(hostOf(ROW, { '/etc/ntpsec/ntp.conf': 'pool p\n', [later]: 'tos minsane 3\n' }));
    expect(plan.changes).toEqual([]);
    expect(plan.strategy.reason).toContain(`${later}:1 would have the last word`);
  });
});

describe('systemd-timesyncd', () => {
  const ROW = 'debian-12-timesyncd';
  const OWN = '/etc/systemd/timesyncd.conf.d/zz-tsync.conf';
  const MAIN = '/etc/systemd/timesyncd.conf';
  const DROP = '/etc/systemd/timesyncd.conf.d/lab.conf';
  const plain = (files: { readonly [path: string]: string }) => hostOf(ROW, { [MAIN]: '', [DROP]: '', ...files });

  it('needs no file of ours where these servers are configured already, whatever came before', () => {
    const facts = plain({ [MAIN]: '[Time]\nNTP=x\n', [DROP]: '[Time]\nNTP=\nNTP=192.0.2.1\n' });
    expect(planOf(facts).changes).toEqual([]);
  });

  it('asks the preferred server first, and as often as the shortest interval says', () => {
    const servers = [
      { address: '192.0.2.1', minpoll: 6, maxpoll: 10 },
      { address: '192.0.2.2', prefer: true, minpoll: 5 },
    ];
    const text = textOf(planOf(plain({}), { servers }), OWN);
    expect(text).toContain('[Time]\nNTP=\nNTP=192.0.2.2 192.0.2.1\nPollIntervalMinSec=32\nPollIntervalMaxSec=1024\n');
  });

  it('of drop-ins with one name reads that of /etc', () => {
    const facts = plain({
      '/usr/lib/systemd/timesyncd.conf.d/zzz.conf': '[Time]\nNTP=b\n',
      '/etc/systemd/timesyncd.conf.d/zzz.conf': '# masked\n',
    });
    expect(planOf(facts).changes).toHaveLength(1);
  });

  it('is left alone where a drop-in would be read after ours', () => {
    const plan = planOf(plain({ '/run/systemd/timesyncd.conf.d/zzz.conf': '[Time]\nNTP=b\n' }));
    expect(plan.changes).toEqual([]);
    expect(plan.strategy.reason).toContain('is read after');
  });

  it('is refused NTS and keys, and told that its steps cannot be limited', () => {
    for (const odd of [{ nts: true }, { key: 1 }, { minpoll: 3 }]) {
      const plan = planOf(plain({}), { servers: [{ address: '192.0.2.1', ...odd }] });
      expect([plan.changes, statusOf(plan, 'strategy/possible')]).toEqual([[], 'violation']);
    }
    const few = { makestep: { thresholdSeconds: 1, limit: 3 }, makestepAsked: true };
    expect(statusOf(planOf(plain({}), few), 'timesyncd/steps')).toBe('violation');
  });

  it('must follow a server of the playbook, and not one that DHCP gave', () => {
    const following = (serverName: string) => {
      const told = { serverName, serverAddress: '192.0.2.9', stratum: 2, offsetSeconds: 0, synchronised: true };
      return statusOf(planOf({ ...plain({}), timesyncd: { value: told } }), 'sources/selected');
    };
    expect([following('192.0.2.1'), following('dhcp.example.com')]).toEqual(['in-sync', 'violation']);
  });
});

describe('chronyd with -x', () => {
  const debian = (options: string, change: Partial<Facts> = {}) =>
    withDaemon(hostOf('debian-13', { '/etc/default/chrony': options }, change), 'chrony', {
      commandLine: ['/usr/sbin/chronyd', '-F', '1', '-x'],
    });

  it('sets the clock again where its file of options says -x', () => {
    const plan = planOf(debian('# options\nDAEMON_OPTS="-F 1 -x"\n'));
    expect(textOf(plan, '/etc/default/chrony')).toBe('# options\nDAEMON_OPTS="-F 1"\n');
    expect(plan.findings.filter(({ rule }) => rule === 'chrony/no-clock-control')).toMatchObject([{ status: 'drift' }]);
    expect(plan.actions).toContainEqual(expect.objectContaining({ kind: 'restart', name: 'chrony.service' }));
  });

  it('is left so in a container, where the file is another tool’s, and where -x comes from elsewhere', () => {
    const container = { virtualization: { value: 'container' } } as const;
    for (const facts of [
      debian('DAEMON_OPTS="-x"\n', container),
      debian('# managed by Puppet\nDAEMON_OPTS="-x"\n'),
      debian('DAEMON_OPTS="-F 1"\n'),
      debian('DAEMON_OPTS="-x $MORE"\n'),
    ]) {
      const plan = planOf(facts);
      expect(plan.changes).toEqual([]);
      expect(statusOf(plan, 'chrony/no-clock-control')).toBe('violation');
    }
  });
});

describe('which daemon keeps the clock', () => {
  const both = (row: string): Facts => {
    const facts = hostOf(row, {});
    const chrony = ROWS.get('debian-13')?.daemons.find(({ name }) => name === 'chrony');
    const stopped = { ...chrony, active: { value: false }, enabled: { value: false }, pid: null, commandLine: null };
    return withDaemon(
      { ...facts, chrony: { ...facts.chrony, configPath: '/etc/chrony/chrony.conf' } },
      'chrony',
      stopped,
    );
  };

  it('is the one that runs, though chrony is installed beside it', () => {
    const plan = planOf(both('debian-12-timesyncd'));
    expect(plan.actions).toMatchObject([{ name: 'systemd-timesyncd.service' }]);
  });

  it('is chrony where a boot would start it, and not the one that runs', () => {
    const failed = withDaemon(both('debian-12-timesyncd'), 'chrony', { enabled: { value: true } });
    const unlinked = withDaemon(failed, 'timesyncd', { enabled: { value: false } });
    expect(planOf(failed).actions).toMatchObject([{ name: 'systemd-timesyncd.service' }]);
    expect(planOf(unlinked).actions).toEqual([]);
  });

  it('is chrony for a strategy with a PTP clock, and the one that runs where the nearest will do', () => {
    const bare = hostOf('sles-12', {});
    expect(planOf(bare, { strategy: 'ptp+ntp' }).packages).not.toBeNull();
    const nearest = planOf(bare, { strategy: 'ptp+ntp', degrade: 'allow' });
    expect([nearest.packages, nearest.strategy.taken, nearest.actions[0]?.name]).toEqual([
      null,
      'ntp-only',
      'ntpd.service',
    ]);
  });

  it('is none of ours where openntpd runs', () => {
    expect(statusOf(planOf(hostOf('debian-12-openntpd', {})), 'host/supported')).toBe('unknown');
  });
});
