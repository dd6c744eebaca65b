import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { assess } from '#plan/assess.js';
import { type AppliedPlan, applyProgram } from '#resources/apply-program.js';
import { settleProgram } from '#resources/settle-program.js';
import { FrameReader } from '#snapshot/frame-reader.js';
import { knownSections } from '#snapshot/known-sections.js';
import { BOOTSTRAP, bootstrapInput } from '#transport/bootstrap.js';
import { withSettings } from '../plan/made-hosts.js';
import { TEXTS } from '../resources/fake-host.js';
import { MARKS, runProbe } from '../snapshot/run-probe.js';

/** A made tree of Debian 12 as debootstrap leaves one: chrony enabled, timesyncd enabled too, nothing running. */
const FILES: { readonly [path: string]: string } = {
  '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  '/etc/debian_version': '12.11\n',
  '/etc/chrony/chrony.conf':
    'confdir /etc/chrony/conf.d\npool 2.debian.pool.ntp.org iburst\nsourcedir /etc/chrony/sources.d\nmakestep 1 3\nrtcsync\n',
  '/etc/chrony/conf.d/README': '',
  '/etc/chrony/sources.d/README': '',
  '/usr/lib/systemd/systemd': '',
  '/usr/lib/systemd/system/chrony.service': '[Service]\n[Install]\nWantedBy=multi-user.target\nAlias=chronyd.service\n',
  '/usr/lib/systemd/system/systemd-timesyncd.service': '[Service]\n[Install]\nWantedBy=sysinit.target\n',
  '/usr/lib/systemd/system/app@.service': '[Service]\n[Install]\nWantedBy=multi-user.target\n',
  '/usr/lib/udev/rules.d/50-udev-default.rules':
    'SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"\n',
  '/var/lib/dpkg/info/udev.list': '/.\n/etc\n/etc/udev\n/etc/udev/rules.d\n',
  '/var/lib/dpkg/status': [
    'Package: chrony\nStatus: install ok installed\nVersion: 4.3-2+deb12u1\n',
    'Package: ntp\nStatus: deinstall ok config-files\nVersion: 1:4.2\n',
    'Package: systemd\nStatus: install ok installed\nVersion: 252.39-1~deb12u1\n',
    'Package: systemd-timesyncd\nStatus: install ok installed\nVersion: 252.39-1~deb12u1\n',
  ].join('\n'),
};

const LINKS: { readonly [path: string]: string } = {
  '/lib': 'usr/lib',
  '/etc/systemd/system/chronyd.service': '/lib/systemd/system/chrony.service',
  '/etc/systemd/system/multi-user.target.wants/chrony.service': '/lib/systemd/system/chrony.service',
  '/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service': '/lib/systemd/system/systemd-timesyncd.service',
};

export class MadeTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsync image '));
  readonly root = join(this.folder, 'tree');

  constructor() {
    for (const [path, text] of Object.entries(FILES)) this.write(path, text);
    for (const [path, target] of Object.entries(LINKS)) this.link(path, target);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Everything in the tree: path, kind, mode, and content or target. */
  state(): string {
    const walk = (folder: string): string[] =>
      readdirSync(folder)
        .toSorted()
        .flatMap((name) => {
          const path = join(folder, name);
          const { mode } = lstatSync(path);
          const line = `${path.slice(this.root.length)} ${mode.toString(8)}`;
          if (lstatSync(path).isSymbolicLink()) return [`${line} -> ${readlinkSync(path)}`];
          return lstatSync(path).isDirectory() ? [line, ...walk(path)] : [`${line} ${readFileSync(path, 'latin1')}`];
        });
    return walk(this.root).join('\n');
  }

  get parameters(): readonly string[] {
    return [`root=${this.root}/`, 'image=yes', 'platform=azure'];
  }

  facts(shell: readonly string[], more: readonly string[] = []): Facts {
    return factsOf(runProbe(shell, [...this.parameters, ...more]).snapshot);
  }

  plan(facts: Facts, settings: Parameters<typeof withSettings>[0] = PTP_AND_NTP) {
    return assess({
      host: 'image',
      facts,
      settings: withSettings(settings),
      snapshotDigest: 'd',
      today: '2026-11-22',
    });
  }

  /** Steps that the apply program printed. */
  apply(shell: readonly string[], plan: AppliedPlan, transaction: string, before = ''): readonly string[] {
    const meta = { run: 'run1', who: 'me@bastion', version: '0', startedAt: '2026-11-22T10:00:00Z', guardSeconds: 240 };
    return this.#run(
      shell,
      applyProgram(TEXTS, plan, { ...meta, transaction }),
      [`transaction=${transaction}`],
      before,
    );
  }

  settle(shell: readonly string[], requests: string): readonly string[] {
    return this.#run(shell, settleProgram(TEXTS), [], requests);
  }

  #run(
    shell: readonly string[],
    program: Uint8Array,
    parameters: readonly string[],
    requests: string,
  ): readonly string[] {
    const [command = 'sh', ...options] = shell;
    const begin = bootstrapInput(MARKS, [...this.parameters, ...parameters], program);
    const { stdout } = spawnSync(command, [...options, '-c', BOOTSTRAP, 'tsync', MARKS.token, String(program.length)], {
      input: Buffer.concat([begin, Buffer.from(requests)]),
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
      timeout: 60_000,
    });
    return new FrameReader(MARKS, knownSections('settle'))
      .push(stdout)
      .flatMap((frame) => (frame.type === 'step' ? [`${frame.id} ${frame.state}`] : []));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const PTP_AND_NTP = {
  strategy: 'ptp+ntp',
  ntpServers: [
    {
      address: '192.0.2.1',
      pool: false,
      iburst: true,
      nts: false,
      prefer: false,
      trust: false,
      minpoll: null,
      maxpoll: null,
      key: null,
    },
  ],
} as const;
