import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import type { Facts, FileFacts, ServiceFacts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import { parsePlaybook } from '#playbook/playbook.js';
import { mergeSettings } from '#playbook/settings-values.js';
import { modeOf, wrongPath } from '#playbook/user-resource-words.js';
import { askedBy } from '#policy/asked.js';
import { DEFAULT_SETTINGS } from '#settings/settings.js';
import { MADE_HOSTS } from '../plan/made-hosts.js';
import { type MadeHost, makeFacts, present } from './make-facts.js';

function mistake(resources: string): string {
  try {
    parsePlaybook(`- hosts: all\n  resources:\n${resources}`, 'p.yaml');
  } catch (error) {
    if (!(error instanceof TsyncError)) throw error;
    expect(error.exitCode).toBe(65);
    return `${error.place?.line}:${error.place?.column} ${error.problem.detail}`;
  }
  throw new Error('no mistake was found');
}

describe('a playbook with resources of its own', () => {
  it.each([
    ['  - {file: etc/motd, content: x}', "3:12 'resources.0.file' must be an absolute path."],
    ['  - {file: /etc/../x, content: x}', '3:12 \'resources.0.file\' must be a path without "..".'],
    ['  - {file: /proc/x, content: x}', "3:12 'resources.0.file' must not lie below /proc."],
    ['  - {file: /var/lib/tsync/x, content: x}', "3:12 'resources.0.file' must not lie below /var/lib/tsync."],
    ['  - {file: /etc/chrony/conf.d/tsync.conf, content: x}', "3:12 'resources.0.file' must not be one of tsync's own"],
    ['  - {file: /etc/motd}', "3:5 'resources.0' must have one of content, src and state: absent."],
    ['  - {file: /etc/motd, content: x, src: y}', "3:5 'resources.0' must have one of content, src and state: absent."],
    [
      '  - {file: /etc/motd, content: x, mode: 644}',
      "3:41 'resources.0.mode' must be a mode in quotes, such as '0644'.",
    ],
    [
      '  - {file: /etc/motd, content: x, mode: 400}',
      "3:41 'resources.0.mode' must be a mode in quotes, such as '0644'.",
    ],
    ['  - {file: /etc/motd, content: x, enabled: true}', "3:44 'resources.0.enabled' must not stand beside file."],
    ['  - {file: /etc/motd, contents: x}', "3:23 'resources.0.contents' is not a setting. Did you mean 'content'?"],
    ['  - {service: a, file: /b}', "3:5 'resources.0' must name one of file, service and module_parameter."],
    ['  - {service: chronyd, state: stopped}', "3:15 'resources.0.service' must not be a time daemon"],
    ['  - {service: a.timer, state: stopped}', "3:15 'resources.0.service' must be a service"],
    ['  - {service: a}', "3:5 'resources.0' must have one of state, enabled and masked."],
    ['  - {service: a, masked: true, state: running}', "3:26 'resources.0.masked' must not be true"],
    ['  - {module_parameter: hv_utils.timesync_implicit, value: Y}', 'the strategy decides about it'],
    ['  - {module_parameter: loop}', "3:24 'resources.0.module_parameter' must be module.parameter."],
    [
      '  - {file: /etc/a, state: absent}\n  - {file: /etc/a, content: x}',
      "4:12 'resources.1.file' must not be named twice; 1 has it.",
    ],
    ['  - {service: a, state: running}\n  - {service: a.service, enabled: true}', '4:15 '],
  ])('refuses %s with its line', (resources, expected) => {
    expect(mistake(resources)).toContain(expected);
  });

  it('reads modes as YAML 1.1 writes them, and refuses what nobody can have meant', () => {
    expect([0o644, 0o755, 0o600, '0640', '644'].map(modeOf)).toEqual(['0644', '0755', '0600', '0640', '0644']);
    expect([644, 755, 600, 400, 444, 0o1777, -1, 1.5, '0888', '04755'].map(modeOf)).toEqual(Array(10).fill(null));
  });

  it('accepts no path that leads up or into what the kernel makes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (wrongPath(text) !== null) return;
        expect(text).toMatch(/^\/[^/]/);
        expect(text.split('/')).not.toContain('..');
        expect(text).not.toMatch(/[\s'"$`\\*?[\]]|^\/(?:proc|sys|dev|run)(?:\/|$)/);
      }),
    );
  });
});

const HEALTHY = MADE_HOSTS['debian12-plain'] as NonNullable<(typeof MADE_HOSTS)[string]>;

function service(unit: string, parts: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    unit,
    loadState: 'loaded',
    activeState: 'active',
    unitFileState: 'enabled',
    fragmentPath: `/usr/lib/systemd/system/${unit}`,
    dropIns: [],
    mainPid: null,
    links: [`/etc/systemd/system/multi-user.target.wants/${unit} -> /usr/lib/systemd/system/${unit}`],
    masked: false,
    install: { wantedBy: ['multi-user.target'], requiredBy: [], alias: [] },
    ...parts,
  };
}

interface Host {
  readonly files?: { readonly [path: string]: FileFacts };
  readonly services?: readonly ServiceFacts[];
  readonly parameters?: Facts['moduleParameters'];
}

function planOf(resources: string, host: Host = {}, more = '', healthy: MadeHost = HEALTHY) {
  const [play] = parsePlaybook(`- hosts: all\n  strategy: host+ntp\n${more}  resources:\n${resources}`, 'p.yaml').plays;
  const base = makeFacts(healthy);
  const files = new Map([...base.files, ...Object.entries(host.files ?? {})]);
  const services = new Map([...base.services, ...(host.services ?? []).map((one) => [one.unit, one] as const)]);
  const facts = { ...base, files, services, moduleParameters: host.parameters ?? new Map() };
  const settings = mergeSettings(play ? [play.settings] : []);
  return assess({ host: 'web1', facts, settings, snapshotDigest: 'd', today: '2026-11-22' });
}

const own = (plan: ReturnType<typeof planOf>) => plan.findings.filter(({ rule }) => rule === 'playbook/resource');
const absent: FileFacts = { state: 'absent' };

describe('the policy of resources of the playbook', () => {
  it('may mend the line for which chronyd would not start again, and nothing else is held back then', () => {
    const path = '/etc/chrony/conf.d/site.conf';
    const at = { path, line: 1 };
    const broken = {
      ...HEALTHY,
      files: { ...HEALTHY.files, [path]: 'bogus\n' },
      rejected: { fault: 'Invalid directive', at },
    };
    const changesOf = (content: string) =>
      planOf(`  - {file: ${path}, content: "${content}\\n"}`, {}, '  ntp_servers: [10.77.0.1]\n', broken).changes;
    expect(changesOf('log tracking').map(({ name }) => name)).toEqual(
      expect.arrayContaining([path, '/etc/chrony/chrony.conf']),
    );
    expect(changesOf('bogus')).toEqual([]);
  });

  it('makes a file that is missing, and restarts the service that it names', () => {
    const plan = planOf('  - {file: /etc/a.conf, content: "x\\n", mode: 0640, restart: a}', {
      files: { '/etc/a.conf': absent },
      services: [service('a.service')],
    });
    expect(plan.changes).toMatchObject([
      {
        id: 'file:/etc/a.conf',
        before: null,
        after: { mode: '0640', owner: 'root', group: 'root' },
        restart: 'a.service',
      },
    ]);
    expect(plan.actions).toEqual([
      { kind: 'restart', name: 'a.service', after: ['file:/etc/a.conf'], withoutSyncSeconds: 0, mayStep: false },
    ]);
    expect(own(plan)).toMatchObject([
      { status: 'drift', evidence: [{ where: 'playbook p.yaml, play 1, resources 1', text: 'file /etc/a.conf' }] },
    ]);
  });

  it('changes nothing where all is as it says, and keeps mode and owner that it does not name', () => {
    const there = { ...present('x\n', '0600'), owner: 'app' } as FileFacts;
    expect(planOf('  - {file: /etc/a.conf, content: "x\\n"}', { files: { '/etc/a.conf': there } }).changes).toEqual([]);
    const changed = planOf('  - {file: /etc/a.conf, content: "y\\n"}', { files: { '/etc/a.conf': there } });
    expect(changed.changes).toMatchObject([{ after: { mode: '0600', owner: 'app', group: 'root' } }]);
  });

  it('does not restart a service that does not run, nor chrony for a file that concerns nobody', () => {
    const stopped = service('a.service', { activeState: 'inactive' });
    const files = { '/etc/a.conf': absent };
    expect(planOf('  - {file: /etc/a.conf, content: x, restart: a}', { files, services: [stopped] }).actions).toEqual(
      [],
    );
    expect(planOf('  - {file: /etc/a.conf, content: x}', { files }).actions).toEqual([]);
    const chrony = planOf('  - {file: /etc/a.conf, content: x, restart: chrony}', { files });
    expect(chrony.actions).toMatchObject([{ kind: 'restart', name: 'chrony.service', mayStep: true }]);
  });

  it.each<[string, string, Host, string]>([
    [
      'a link',
      '{file: /etc/a, content: x}',
      { files: { '/etc/a': { ...present(''), resolvedTo: '/opt/a' } as FileFacts } },
      'is a link to /opt/a',
    ],
    [
      'a folder',
      '{file: /etc/a, content: x}',
      { files: { '/etc/a': { state: 'refused', reason: 'no regular file' } } },
      'could not be read',
    ],
    ['what was not read', '{file: /etc/a, content: x}', {}, 'was not among the files'],
    [
      'what is cut',
      '{file: /etc/a, content: x}',
      { files: { '/etc/a': { ...present(''), truncated: true } as FileFacts } },
      'larger than',
    ],
    [
      'what another tool writes',
      '{file: /etc/a, content: x}',
      { files: { '/etc/a': present('# Ansible managed\n') } },
      'another tool writes it',
    ],
    ['bytes that could not be put back', '{file: /etc/a, content: x}', { files: { '/etc/a': present('\0') } }, 'NUL'],
    [
      'a unit to restart that is not there',
      '{file: /etc/a, content: x, restart: a}',
      { files: { '/etc/a': absent }, services: [service('a.service', { loadState: 'not-found', links: [] })] },
      'has no a.service',
    ],
    [
      'a unit that is not there',
      '{service: a, state: running}',
      { services: [service('a.service', { loadState: 'not-found', links: [] })] },
      'has no a.service',
    ],
    [
      'a unit without [Install]',
      '{service: a, enabled: true}',
      {
        services: [
          service('a.service', {
            unitFileState: 'static',
            links: [],
            install: { wantedBy: [], requiredBy: [], alias: [] },
          }),
        ],
      },
      '[Install]',
    ],
    ['another name of a unit', '{service: a, state: stopped}', { services: [] }, 'was not among the units'],
    [
      'a parameter that a module does not have',
      '{module_parameter: loop.x, value: 1}',
      {
        files: { '/etc/modprobe.d/tsync-playbook-loop.conf': absent },
        parameters: new Map([['loop.x', { state: 'no-parameter' }]]),
      },
      'has no parameter x',
    ],
  ])('reports %s and changes nothing at all', (_, resource, host, reason) => {
    const plan = planOf(`  - ${resource}\n  - {file: /etc/other, content: x}`, {
      ...host,
      files: { ...host.files, '/etc/other': absent },
    });
    expect(plan.changes).toEqual([]);
    const [finding] = own(plan).filter(({ status }) => status === 'unknown');
    expect(finding?.status === 'unknown' && finding.problem.detail).toContain(reason);
    expect(plan.strategy.reason).toContain('Nothing is changed');
  });

  it('takes a file of another tool with take_ownership', () => {
    const files = { '/etc/a': present('# Ansible managed\n') };
    expect(planOf('  - {file: /etc/a, content: x}', { files }, '  take_ownership: true\n').changes).toHaveLength(1);
  });

  it('enables, starts, stops and masks a service by its links', () => {
    const off = service('a.service', { activeState: 'inactive', unitFileState: 'disabled', links: [] });
    const link = '/etc/systemd/system/multi-user.target.wants/a.service -> /usr/lib/systemd/system/a.service';
    expect(planOf('  - {service: a, state: running, enabled: true}', { services: [off] }).changes).toMatchObject([
      { after: { active: true, links: [link], masked: false } },
    ]);
    expect(
      planOf('  - {service: a, state: stopped, enabled: false, masked: true}', { services: [service('a.service')] })
        .changes,
    ).toMatchObject([{ before: { links: [link] }, after: { active: false, links: [], masked: true } }]);
    const missing = service('a.service', { loadState: 'not-found', activeState: 'inactive', links: [] });
    expect(own(planOf('  - {service: a, state: stopped}', { services: [missing] }))).toMatchObject([
      { status: 'in-sync' },
    ]);
  });

  it('enables a unit whose file the same playbook brings', () => {
    const path = '/etc/systemd/system/a.service';
    const text = '[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n';
    const missing = service('a.service', {
      loadState: 'not-found',
      activeState: 'inactive',
      links: [],
      fragmentPath: null,
    });
    const plan = planOf(`  - {service: a, state: running, enabled: true}\n  - {file: ${path}, content: "${text}"}`, {
      files: { [path]: absent },
      services: [missing],
    });
    expect(plan.changes.map(({ id }) => id)).toEqual([`file:${path}`, 'service:a.service']);
    expect(plan.changes[1]).toMatchObject({
      before: null,
      after: { active: true, links: [`/etc/systemd/system/multi-user.target.wants/a.service -> ${path}`] },
    });
    expect(plan.actions.map(({ kind }) => kind)).toEqual(['daemon-reload']);
  });

  it('sets parameters of one module now and for boot, in one options file', () => {
    const files = { '/etc/modprobe.d/tsync-playbook-loop.conf': absent };
    const parameters: Facts['moduleParameters'] = new Map([
      ['loop.a', { state: 'present', value: 'N' }],
      ['loop.b', { state: 'present', value: '3' }],
    ]);
    const plan = planOf('  - {module_parameter: loop.a, value: yes}\n  - {module_parameter: loop.b, value: 4}', {
      files,
      parameters,
    });
    expect(plan.changes.map(({ id, after }) => [id, after !== null && 'value' in after ? after.value : null])).toEqual([
      ['file:/etc/modprobe.d/tsync-playbook-loop.conf', null],
      ['module-parameter:loop.a', 'Y'],
      ['module-parameter:loop.b', '4'],
    ]);
    const [options] = plan.changes;
    expect(options?.kind === 'file' && new TextDecoder().decode(options.after?.bytes)).toContain(
      'options loop a=Y\noptions loop b=4\n',
    );
    expect(own(plan)).toHaveLength(4);
    const unloaded = new Map([['loop.a', { state: 'no-module' } as const]]);
    const boot = planOf('  - {module_parameter: loop.a, value: 1}', { files, parameters: unloaded });
    expect(boot.changes.map(({ kind }) => kind)).toEqual(['file']);
  });

  it('does not fight the strategy for one file', () => {
    const conf = '/etc/chrony/chrony.conf';
    const fight = planOf(
      `  - {file: ${conf}, content: "server 192.0.2.9\\nmakestep 1 3\\n"}`,
      {},
      '  ntp_servers: [192.0.2.1]\n',
    );
    expect(fight.changes).toEqual([]);
    expect(own(fight)).toMatchObject([{ status: 'unknown', problem: { code: 'policy/resource-conflict' } }]);
    const agreed = planOf(`  - {file: ${conf}, content: "server 192.0.2.9 iburst\\n"}`);
    expect(agreed.changes.map(({ id }) => id)).toEqual([`file:${conf}`]);
  });

  it('leaves them alone with a waiver, and shows what is protected', () => {
    const host = { files: { '/etc/a': absent } };
    const waiver = '  waivers: [{rule: playbook/resource, reason: later}]\n';
    expect(planOf('  - {file: /etc/a, content: x}', host, waiver).changes).toEqual([]);
    const kept = planOf('  - {file: /etc/a, content: x}', host, '  protected: [/etc/a]\n');
    expect(kept.changes).toEqual([]);
    expect(own(kept)).toMatchObject([{ status: 'unknown', problem: { code: 'policy/protected' } }]);
  });
});

describe('askedBy', () => {
  it('names what the probe must read for the playbook and for changes of its resources, each once', () => {
    const { changes } = planOf('  - {file: /etc/a, content: x}', { files: { '/etc/a': absent } });
    const { resources } = DEFAULT_SETTINGS;
    expect(askedBy(resources, changes)).toEqual(['path=/etc/a']);
    const [play] = parsePlaybook(
      '- hosts: all\n  resources: [{file: /etc/a, content: x, restart: b}, {service: c, state: running}, {module_parameter: d.e, value: 1}]',
      'p',
    ).plays;
    const { settings } = mergeSettings(play ? [play.settings] : []);
    expect(askedBy(settings.resources, changes)).toEqual([
      'path=/etc/a',
      'unit=b.service',
      'unit=c.service',
      'path=/etc/modprobe.d/tsync-playbook-d.conf',
      'parameter=d.e',
    ]);
  });
});
