import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOT_OURS } from '#facts/transactions.js';
import { rollbackPlan } from '#plan/invert.js';
import { cksum } from '#resources/file/cksum.js';
import { readRecord, recordOf } from '#transaction/image-record.js';
import { SH, SHELLS } from '../shells.js';
import { MadeTree } from './made-tree.js';

const everyShell = Object.entries(SHELLS);

let tree: MadeTree;
beforeEach(() => {
  tree = new MadeTree();
});
afterEach(() => tree.remove());

describe('the facts of an image tree', () => {
  it.each(everyShell)('are what its files say, and nothing of this machine, under %s', (_, shell) => {
    const facts = tree.facts(shell);
    expect(facts).toMatchObject({
      place: 'image',
      os: { value: { id: 'debian', versionId: '12' } },
      init: { value: 'systemd' },
      systemdVersion: { value: 252 },
      virtualization: { value: 'hyperv' },
      cloud: { value: 'azure' },
      ptp: { value: [{ clockName: 'hyperv', symlinks: ['/dev/ptp_hyperv'] }] },
      kernel: { value: null, reason: 'an image has none' },
      clocksource: { value: null, reason: 'an image has none' },
      uptimeSeconds: { value: null },
      clock: { value: null, reason: 'an image has none' },
      chrony: { configPath: '/etc/chrony/chrony.conf', tracking: { value: null, reason: 'an image has none' } },
      around: { programs: { value: null, reason: 'an image has none' } },
    });
    expect(
      facts.daemons.filter(({ installed }) => installed.value).map(({ name, version }) => [name, version.value]),
    ).toEqual([
      ['chrony', '4.3-2+deb12u1'],
      ['timesyncd', '252.39-1~deb12u1'],
    ]);
    expect(facts.services.get('chronyd.service')).toMatchObject({
      unit: 'chrony.service',
      activeState: 'inactive',
      unitFileState: 'enabled',
      fragmentPath: '/usr/lib/systemd/system/chrony.service',
      links: [
        '/etc/systemd/system/chronyd.service -> /lib/systemd/system/chrony.service',
        '/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service',
      ],
    });
    expect(facts).toEqual(tree.facts(SH));
  });

  it('tell units that are masked, not there, and instances of a template', () => {
    tree.link('/etc/systemd/system/off.service', '/dev/null');
    const { services } = tree.facts(SH, ['unit=off.service', 'unit=gone.service', 'unit=app@a.service']);
    expect(services.get('off.service')).toMatchObject({ masked: true, loadState: 'masked' });
    expect(services.get('gone.service')).toMatchObject({ loadState: 'not-found' });
    expect(services.get('app@a.service')).toMatchObject({
      fragmentPath: '/usr/lib/systemd/system/app@.service',
      unitFileState: 'disabled',
    });
  });

  it('do not follow an absolute link into the system that works on the tree', () => {
    tree.link('/etc/asked', '/etc/hostname');
    tree.link('/etc/folder', '/etc');
    const { files } = tree.facts(SH, ['path=/etc/asked', 'path=/etc/folder/hostname', 'path=/etc/not/there']);
    expect([files.get('/etc/asked')?.state, files.get('/etc/folder/hostname')?.state]).toEqual(['refused', 'refused']);
    expect(files.get('/etc/not/there')?.state).toBe('absent');
  });

  it.each([['root=/'], ['root='], ['root=/usr/..'], ['root=relative']])(
    'are none of the running system: %s',
    (root) => {
      const facts = new (class extends MadeTree {
        override get parameters() {
          return [root, 'image=yes'];
        }
      })().facts(SH);
      expect(facts.os.value).toBeNull();
      expect([...facts.files.values()].filter(({ state }) => state === 'present')).toEqual([]);
    },
  );

  it('know the packages of rpm only from rpm, and say so where it is not there', () => {
    tree.write('/var/lib/dpkg/status', '');
    expect(tree.facts(SH).daemons.find(({ name }) => name === 'chrony')?.version.value).toBeNull();
  });
});

describe('preparing an image tree', () => {
  it.each(everyShell)(
    'sets what it will boot with, leaves nothing behind, and is taken back exactly, under %s',
    (_, shell) => {
      const before = tree.state();
      const facts = tree.facts(shell);
      const plan = tree.plan(facts);
      expect(plan.actions).toEqual([]);
      expect(plan.findings.filter(({ status }) => status === 'unknown')).toEqual([]);
      expect(plan.changes.map(({ id }) => id)).toEqual([
        'file:/etc/tsync/refclock.sh',
        'file:/etc/systemd/system/chrony.service.d/60-tsync-refclock.conf',
        'file:/etc/chrony/conf.d/tsync.conf',
        'file:/etc/chrony/sources.d/tsync.sources',
        'file:/etc/chrony/chrony.conf',
        'service:systemd-timesyncd.service',
      ]);
      const steps = tree.apply(shell, plan, 'run1.image');
      expect(steps.filter((step) => step.includes('failed'))).toEqual([]);
      expect(steps).toContain('guard none');
      expect(steps.at(-1)).toBe('transaction applied');
      expect(tree.has('/var/lib/tsync/tx/run1.image/state')).toBe(true);
      expect(tree.settle(shell, 'state run1.image\nconfirm run1.image\nbye\n')).toEqual([
        'state applied',
        'confirm confirmed',
      ]);
      expect(tree.has('/var/lib/tsync')).toBe(false);
      expect(readFileSync(join(tree.root, 'etc/chrony/sources.d/tsync.sources'), 'utf8')).toContain(
        'server 192.0.2.1 iburst',
      );
      const second = tree.facts(shell);
      expect(tree.plan(second).changes).toEqual([]);

      const back = rollbackPlan({
        host: 'image',
        facts: second,
        changes: plan.changes,
        snapshotDigest: 'd',
        packages: [],
        run: 'run1',
      });
      expect(back.actions).toEqual([]);
      expect(tree.apply(shell, back, 'run2.image').at(-1)).toBe('transaction applied');
      tree.settle(shell, 'confirm run2.image\nbye\n');
      expect(tree.state()).toBe(before);
    },
  );

  it.each(everyShell.slice(0, 2))('is taken back by the next run where it was killed, under %s', (_, shell) => {
    const before = tree.state();
    const plan = tree.plan(tree.facts(shell));
    tree.apply(shell, plan, 'run1.image');
    const found = tree.facts(shell);
    expect(found.openTransactions.value).toMatchObject([{ id: 'run1.image', state: 'applied', who: 'me@bastion' }]);
    expect(tree.plan(found).strategy.reason).toContain('Nothing is changed');
    expect(tree.apply(shell, plan, 'run2.image')).toContain('transaction untouched');
    const record = readRecord(readFileSync(join(tree.root, 'var/lib/tsync/tx/run1.image/record'), 'utf8'));
    expect(record.value).toEqual(recordOf(plan.changes));
    expect(tree.undo(shell, record.value ?? [], 'run1.image').at(-1)).toBe('transaction reverted');
    expect(tree.state()).toBe(before);
  });

  it('undoes all at once where a change fails, and keeps nothing', () => {
    const before = tree.state();
    const plan = tree.plan(tree.facts(SH));
    const failing = {
      ...plan,
      changes: [
        ...plan.changes,
        {
          id: 'module-parameter:loop.x',
          kind: 'module-parameter',
          name: 'loop.x',
          before: null,
          after: { value: '1' },
          because: 'playbook/resource',
        } as const,
      ],
    };
    const steps = tree.apply(SH, failing, 'run1.image');
    expect(steps.at(-1)).toBe('transaction reverted');
    expect(tree.state()).toBe(before);
  });

  it('never writes through a link that leads out of the tree', () => {
    const plan = tree.plan(tree.facts(SH));
    tree.write('/elsewhere', '');
    tree.link('/etc/tsync', '/etc/systemd');
    const steps = tree.apply(SH, plan, 'run1.image');
    expect(steps.join('\n')).toMatch(
      /^prepare failed:\/etc\/tsync\/refclock.sh: |^precheck stale:file:\/etc\/tsync\/refclock.sh$/m,
    );
    expect(tree.has('/var/lib/tsync')).toBe(false);
  });

  it('removes what was killed before it changed anything', () => {
    const before = tree.state();
    const plan = tree.plan(tree.facts(SH));
    tree.write('/var/lib/tsync/tx/old.image/meta', 'id=old.image\n');
    expect(tree.apply(SH, plan, 'run1.image').at(-1)).toBe('transaction applied');
    tree.undo(SH, recordOf(plan.changes), 'run1.image');
    expect(tree.state()).toBe(before);
  });

  it('asks for a platform before it brings in the clock of a host', () => {
    const facts = tree.facts(SH, ['platform=']);
    expect(facts.cloud.value).toBeNull();
    expect(facts.ptp.value).toBeNull();
    const plan = tree.plan(facts);
    expect(plan.changes).toEqual([]);
    expect(plan.findings).toContainEqual(expect.objectContaining({ rule: 'strategy/possible', status: 'violation' }));
  });
});

describe('a hostile image tree', () => {
  const ID = '20260101-000000-abcdef.img';
  /** A transaction that somebody else made, with a program that would leave a trace. */
  function forge(id = ID, state = 'applied'): string {
    const folder = `/var/lib/tsync/tx/${id}`;
    tree.write(`${folder}/state`, `${state}\n`);
    tree.write(`${folder}/journal`, '1.0 file:/etc/chrony/chrony.conf begin\n');
    tree.write(`${folder}/meta`, `id=${id}\nrun=r\nwho=nobody\nstarted=2026-01-01T00:00:00Z\n`);
    tree.write(`${folder}/program.sh`, `tsync_tell() { :; }\nid >'${tree.folder}/PWNED'\n`);
    return folder;
  }
  const outside = (path: string, text = 'outside\n') => {
    mkdirSync(dirname(join(tree.folder, path)), { recursive: true });
    writeFileSync(join(tree.folder, path), text);
  };
  const isThere = (path: string) => existsSync(join(tree.folder, path));

  it('has no program that is run, whatever is asked of its transactions', () => {
    forge();
    forge('20260102-000000-abcdef.img', 'confirmed');
    const said = tree.settle(SH, `revert ${ID}\ntell 20260102-000000-abcdef.img\nrecord ${ID}\nlist\nbye\n`);
    expect(said).toEqual(['revert refused:image', 'tell refused:image', 'record refused:applied']);
    expect(isThere('PWNED')).toBe(false);
    expect(tree.facts(SH).openTransactions.value).toMatchObject([
      { id: ID, state: 'applied', guard: { state: 'none' } },
    ]);
    expect(isThere('PWNED')).toBe(false);
  });

  it.each(['/var', '/var/lib', '/var/lib/tsync', '/var/lib/tsync/tx'])(
    'is refused, and nothing behind it is touched, where %s is a link',
    (path) => {
      const plan = tree.plan(tree.facts(SH));
      rmSync(join(tree.root, path), { recursive: true, force: true });
      outside('home/alice/thesis');
      outside('home/tx/20260101-000000-abcdef.img/meta', `id=${ID}\n`);
      tree.link(path, path === '/var' ? '../../home' : join(tree.folder, 'home'));
      const mode = statSync(join(tree.folder, 'home')).mode;
      expect(tree.apply(SH, plan, 'run1.image')).toEqual([
        'prepare failed:/var/lib/tsync is not a folder of which root alone writes every part',
        'transaction untouched',
      ]);
      tree.settle(SH, `clean ${ID}\nconfirm ${ID}\nbye\n`);
      expect(tree.undo(SH, recordOf(plan.changes), ID)).toEqual([expect.stringContaining('transaction failed:')]);
      expect([isThere('home/alice/thesis'), isThere('home/tx/20260101-000000-abcdef.img/meta')]).toEqual([true, true]);
      expect(statSync(join(tree.folder, 'home')).mode).toBe(mode);
      expect(tree.facts(SH).openTransactions).toMatchObject({ value: null, reason: NOT_OURS });
    },
  );

  it('keeps what stands in the place of transactions and bears no marks of tsync', () => {
    outside('home/alice/thesis');
    tree.write('/var/lib/tsync/tx/mail/inbox', 'mail');
    tree.write('/var/lib/tsync/tx/20260103-000000-abcdef.img/meta', 'id=another\n');
    tree.link('/var/lib/tsync/tx/20260104-000000-abcdef.img', join(tree.folder, 'home'));
    const plan = tree.plan(tree.facts(SH));
    expect(tree.apply(SH, plan, 'run1.image').at(-1)).toBe('transaction untouched');
    expect(isThere('home/alice/thesis')).toBe(true);
    expect(tree.has('/var/lib/tsync/tx/mail/inbox')).toBe(true);
    expect(tree.has('/var/lib/tsync/tx/20260103-000000-abcdef.img/meta')).toBe(true);
  });

  it('ends no process that its lock or its guards name', () => {
    const victim = spawn('sleep', ['100'], { stdio: 'ignore' });
    try {
      const stat = readFileSync(`/proc/${victim.pid}/stat`, 'utf8');
      const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const folder = forge();
      tree.write(`${folder}/guards`, 'g\n');
      tree.write(`${folder}/g.pid`, `${victim.pid} ${start}\n`);
      tree.settle(SH, `confirm ${ID}\nbye\n`);
      forge();
      tree.link('/var/lib/tsync/lock', `${victim.pid} ${start} ${boot} apply ${ID} when who`);
      const steps = tree.undo(SH, [], ID);
      expect(steps).toEqual([expect.stringContaining('the lock is held by')]);
      expect(readFileSync(`/proc/${victim.pid}/stat`, 'utf8')).toContain('(sleep) S');
    } finally {
      victim.kill('SIGKILL');
    }
  });

  it('lists folders that it says were made, and only its own empty ones go', () => {
    mkdirSync(join(tree.folder, 'empty'));
    const folder = forge();
    tree.write(`${folder}/made`, `${tree.folder}/empty\n/etc/../../empty\n/../empty\n/etc/was-made\n`);
    mkdirSync(join(tree.root, 'etc/was-made'));
    expect(tree.undo(SH, [], ID)).toEqual(['transaction reverted']);
    expect([isThere('empty'), tree.has('/etc/was-made')]).toEqual([true, false]);
  });

  it('has no file removed that a script of it names outside', () => {
    outside('secret');
    tree.write('/etc/tsync/refclock.sh', "file='/../secret'\n");
    const folder = forge();
    tree.write(`${folder}/journal`, '1.0 file:/etc/tsync/refclock.sh begin\n');
    const bytes = new Uint8Array(readFileSync(join(tree.root, 'etc/tsync/refclock.sh')));
    const after = { mode: '644', owner: 'root', group: 'root', length: bytes.length, cksum: cksum(bytes) };
    expect(tree.undo(SH, [{ kind: 'file', name: '/etc/tsync/refclock.sh', before: null, after }], ID).at(-1)).toBe(
      'transaction reverted',
    );
    expect(tree.has('/etc/tsync/refclock.sh')).toBe(false);
    expect(isThere('secret')).toBe(true);
  });

  it.each(['journal', 'made', 'meta', 'state'])(
    'is not written to where %s is another name of a file outside',
    (name) => {
      outside('secret');
      const folder = forge();
      rmSync(join(tree.root, folder, name), { force: true });
      if (name === 'state') tree.link(`${folder}/${name}`, join(tree.folder, 'secret'));
      else linkSync(join(tree.folder, 'secret'), join(tree.root, folder, name));
      expect(tree.undo(SH, [], ID)).toEqual([expect.stringContaining('transaction failed:')]);
      expect(readFileSync(join(tree.folder, 'secret'), 'utf8')).toBe('outside\n');
    },
  );

  it('keeps a file that somebody changed after what was left open', () => {
    const folder = forge();
    tree.write(`${folder}/backup/1`, 'before\n');
    tree.write('/etc/chrony/chrony.conf', 'of somebody else\n');
    const mark = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      return { mode: '644', owner: 'root', group: 'root', length: bytes.length, cksum: cksum(bytes) };
    };
    const change = {
      kind: 'file',
      name: '/etc/chrony/chrony.conf',
      before: mark('before\n'),
      after: mark('after\n'),
    } as const;
    expect(tree.undo(SH, [change], ID).at(-1)).toContain('was changed by somebody else since');
    expect(readFileSync(join(tree.root, 'etc/chrony/chrony.conf'), 'utf8')).toBe('of somebody else\n');
    tree.write('/etc/chrony/chrony.conf', 'after\n');
    expect(tree.undo(SH, [change], ID).at(-1)).toBe('transaction reverted');
    expect(readFileSync(join(tree.root, 'etc/chrony/chrony.conf'), 'utf8')).toBe('before\n');
  });
});
