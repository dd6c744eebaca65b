import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { status } from '../fixtures/made/system.js';
import { SH, SHELLS } from '../shells.js';
import { azureHost } from './azure-host.js';
import { type FakeHost, makeFakeRoot } from './fake-root.js';
import { runProbe } from './run-probe.js';

/** A process as /proc shows it to root. */
interface Made {
  readonly pid: number;
  readonly name?: string;
  readonly uid?: number;
  readonly parent?: number;
  readonly group?: string;
  readonly exe?: string;
  readonly commandLine?: readonly string[];
}

const EVIL = '/etc/../home/ops/evil.conf';

function process({
  pid,
  name = 'chronyd',
  uid = 1000,
  parent = 1,
  group = '/system.slice/cron.service',
  exe = '/usr/sbin/chronyd',
  commandLine = ['chronyd', '-f', EVIL],
}: Made): FakeHost {
  return {
    files: {
      [`/proc/${pid}/comm`]: `${name}\n`,
      [`/proc/${pid}/status`]: status(pid, name.replaceAll('\n', '\\n'), uid, parent),
      [`/proc/${pid}/cgroup`]: `0::${group}\n`,
      [`/proc/${pid}/cmdline`]: commandLine.map((word) => `${word}\0`).join(''),
      ...(exe === '' ? {} : { [exe]: '' }),
    },
    links: exe === '' ? {} : { [`/proc/${pid}/exe`]: exe },
  };
}

const UNITS = {
  ...azureHost,
  files: Object.fromEntries(
    Object.entries(azureHost.files ?? {}).filter(([path]) => !/^\/proc\/(812|900)\//.test(path)),
  ),
  links: Object.fromEntries(Object.entries(azureHost.links ?? {}).filter(([path]) => !path.startsWith('/proc/'))),
};
const WITHOUT_SYSTEMD = {
  ...UNITS,
  files: Object.fromEntries(Object.entries(UNITS.files).filter(([path]) => !path.startsWith('/run/systemd/'))),
};
const OWN = process({ pid: 812, uid: 112, group: '/system.slice/chrony.service', commandLine: ['/usr/sbin/chronyd'] });

function probed(base: FakeHost, hosts: readonly FakeHost[], shell = SH, prepare = (_root: string) => {}): Facts {
  const root = makeFakeRoot({
    ...base,
    files: Object.assign(
      { '/home/ops/evil.conf': 'server 192.0.2.66\n' },
      base.files,
      ...hosts.map(({ files }) => files),
    ),
    links: Object.assign({}, base.links, ...hosts.map(({ links }) => links)),
  });
  try {
    prepare(root.root);
    return factsOf(runProbe(shell, root.parameters).snapshot);
  } finally {
    root.remove();
  }
}

const chronyOf = ({ daemons }: Facts) => daemons.find(({ name }) => name === 'chrony');

/** What an ordinary user can bring about; each with the user that the finding names. */
const STRANGERS: readonly (readonly [string, Made])[] = [
  ['a script of an ordinary user', { pid: 1001, exe: '/usr/bin/dash' }],
  ['the real program, run by an ordinary user', { pid: 1001 }],
  ['the same as a job of cron, whose control group is a unit', { pid: 1001, group: '/system.slice/cron.service' }],
  [
    'a unit of a user with the name of the daemon',
    { pid: 1001, group: '/user.slice/user-1000.slice/user@1000.service/app.slice/chrony.service' },
  ],
  [
    'a cgroup chrony.service below the unit of a service with an account of its own',
    { pid: 1001, group: '/system.slice/app.service/chrony.service' },
  ],
  ['a link to a program that becomes root', { pid: 1001, uid: 0, exe: '/usr/bin/sudo' }],
  ["a file of root's in a folder of an ordinary user", { pid: 1001, uid: 0, exe: '/home/ops/chronyd' }],
  ['what root runs in a session', { pid: 1001, uid: 0, group: '/user.slice/user-0.slice/session-3.scope' }],
];

describe('a process that bears the name of a time daemon', () => {
  it.each(STRANGERS)('is named and not believed: %s', (_, made) => {
    const crowd = (root: string) => {
      chmodSync(join(root, 'home/ops'), 0o777);
    };
    for (const hosts of [[process(made)], [process(made), OWN]]) {
      const facts = probed(UNITS, hosts, SH, crowd);
      expect(facts.around.strangers.value).toEqual([{ pid: 1001, name: 'chronyd', uid: made.uid ?? 1000 }]);
      expect(chronyOf(facts)?.commandLine ?? []).not.toContain(EVIL);
      expect(facts.chrony.configFiles.join(' ')).not.toContain('evil');
      expect([...facts.files.keys()].join(' ')).not.toContain('evil');
    }
  });

  it.each(Object.entries(SHELLS))(
    'does not hide the one that is, whatever the order of their numbers, under %s',
    (_, shell) => {
      const strangers = [1001, 1002, 99].map((pid) => process({ pid }));
      for (const base of [UNITS, WITHOUT_SYSTEMD]) {
        const facts = probed(base, [...strangers, OWN], [...shell]);
        expect(chronyOf(facts)).toMatchObject({ verified: true, commandLine: ['/usr/sbin/chronyd'] });
        expect(facts.chrony.configPath).toBe('/etc/chrony/chrony.conf');
        expect(facts.around.strangers.value?.map(({ pid }) => pid).toSorted()).toEqual([1001, 1002, 99].toSorted());
      }
    },
  );

  it('is found among two hundred of an ordinary user', () => {
    const many = Array.from({ length: 200 }, (_, at) => process({ pid: 1000 + at, exe: '' }));
    const facts = probed(WITHOUT_SYSTEMD, [...many, { ...OWN }]);
    expect(chronyOf(facts)).toMatchObject({ verified: true, pid: 812 });
    expect(facts.around.strangers.value?.length).toBeGreaterThan(0);
  });

  it("is one of root's only if all that started it are, without systemd", () => {
    const parent = process({ pid: 700, name: 'sh', uid: 1000 });
    const child = process({ pid: 812, uid: 0, parent: 700 });
    expect(probed(WITHOUT_SYSTEMD, [parent, child]).around.strangers.value).toHaveLength(1);
    const root = process({ pid: 700, name: 'sh', uid: 0 });
    expect(
      chronyOf(probed(WITHOUT_SYSTEMD, [root, process({ pid: 812, uid: 0, parent: 700, commandLine: ['x'] })])),
    ).toMatchObject({
      verified: true,
    });
  });

  it('may run under any account that a unit of its own gives it', () => {
    const odd = process({
      pid: 812,
      uid: 61184,
      group: '/system.slice/chrony.service',
      commandLine: ['/usr/sbin/chronyd'],
    });
    expect(chronyOf(probed(UNITS, [odd]))).toMatchObject({ verified: true, pid: 812 });
  });

  it('is not verified where its program cannot be seen, as by an ordinary user', () => {
    const hidden = process({
      pid: 812,
      uid: 112,
      group: '/system.slice/chrony.service',
      exe: '',
      commandLine: ['/usr/sbin/chronyd'],
    });
    const facts = probed(UNITS, [hidden]);
    expect(chronyOf(facts)).toMatchObject({ verified: false, pid: 812, active: { value: true } });
    expect(facts.around.strangers.value).toEqual([]);
  });

  it('cannot bring in a line of its own by a line feed in its name', () => {
    const facts = probed(UNITS, [process({ pid: 1001, name: 'minds\nchronyd' }), OWN]);
    expect(facts.around.stepMinded.value).toEqual([]);
    expect(chronyOf(facts)).toMatchObject({ pid: 812 });
  });
});

describe('the file that a daemon was started with', () => {
  const started = (file: string, prepare?: (root: string) => void) =>
    probed(
      UNITS,
      [
        process({
          pid: 812,
          uid: 112,
          group: '/system.slice/chrony.service',
          commandLine: ['/usr/sbin/chronyd', '-f', file],
        }),
      ],
      SH,
      prepare,
    );

  it.each([
    '/etc/../home/ops/evil.conf',
    '/etc/./chrony/chrony.conf',
    '/etc//chrony/chrony.conf',
    '/etc/chrony/..',
    '/etc/a\nb',
  ])('is not followed where its path is not plain: %j', (file) => {
    expect(started(file).chrony).toMatchObject({ configPath: null, configFiles: [] });
  });

  it('is not followed into a folder that others than root can write, nor along a link there', () => {
    const crowd = (root: string) => {
      writeFile(join(root, 'home/ops/evil.conf'), 'server 192.0.2.66\n');
      chmodSync(join(root, 'home/ops'), 0o777);
    };
    const facts = started('/home/ops/evil.conf', crowd);
    expect(facts.chrony.configPath).toBeNull();
    expect(chronyOf(facts)?.untrusted).toEqual(['/home/ops/evil.conf']);
  });

  it('is read, and what others can write of it is named, where it includes that', () => {
    const facts = probed(
      {
        ...UNITS,
        files: { ...UNITS.files, '/etc/chrony/chrony.conf': 'include /home/ops/*.conf\nsourcedir /srv/time\n' },
      },
      [OWN],
      SH,
      (root) => {
        chmodSync(join(root, 'home/ops'), 0o777);
        mkdirSync(join(root, 'srv/time'), { recursive: true });
        chmodSync(join(root, 'srv/time'), 0o772);
      },
    );
    expect(facts.chrony.configFiles).toEqual(['/etc/chrony/chrony.conf', '/home/ops/evil.conf']);
    expect(chronyOf(facts)?.untrusted.toSorted()).toEqual(['/home/ops', '/home/ops/evil.conf', '/srv/time']);
  });
});

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
