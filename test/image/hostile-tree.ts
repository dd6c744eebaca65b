import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FILES, LINKS } from './tree-files.js';

const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK, O_NOFOLLOW } = constants;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Surroundings {
  /** A folder outside of every tree, in which nothing may change. */
  readonly outside: string;
  /** `PID START BOOT` of a process that must live on. */
  readonly victim: string;
}

/**
 * Makes a tree of Debian 12 at `root` that is hostile in several ways, chosen by the seed: links out of it, FIFOs, devices, forged
 * transactions, programs that leave a trace outside. Gives what was done to it, for people.
 */
export function makeHostileTree(root: string, seed: number, around: Surroundings): readonly string[] {
  const random = randomOf(seed);
  const tree = new HostileTree(root, random, around);
  tree.plant();
  const ways = Object.values(WAYS);
  const done: string[] = [];
  const count = 1 + Math.floor(random() * 5);
  for (let at = 0; at < count; at++) {
    const way = pick(random, ways);
    try {
      done.push(way(tree));
    } catch (error) {
      // One way may have taken the place of another.
      done.push(`(${String(error).slice(0, 60)})`);
    }
  }
  return done;
}

const pick = <T>(random: () => number, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

class HostileTree {
  readonly root: string;
  readonly random: () => number;
  readonly around: Surroundings;
  constructor(root: string, random: () => number, around: Surroundings) {
    this.root = root;
    this.random = random;
    this.around = around;
  }

  get trap(): string {
    return `#!/bin/sh\necho "$0 $*" >>'${this.around.outside}/PWNED'\n`;
  }

  /**
   * Where that path of the tree is on this machine. Whoever makes a tree must not follow the links that he put into it: behind one that
   * leads out, `clear` and `write` would take this machine's own files. Throws where a link stands on the way, and where the path itself leads out.
   */
  path(path: string): string {
    let at = this.root;
    for (const part of path.split('/').filter(Boolean).slice(0, -1)) {
      at = join(at, part);
      const stat = lstatSync(at, { throwIfNoEntry: false });
      if (stat?.isSymbolicLink()) throw new Error(`a link stands on the way to ${path}`);
    }
    const place = join(this.root, path);
    if (!place.startsWith(`${this.root}/`)) throw new Error(`${path} leads out of the tree`);
    return place;
  }

  write(path: string, text: string, mode = 0o644): void {
    const place = this.path(path);
    mkdirSync(dirname(place), { recursive: true });
    // Another way may have put a link there, or a FIFO, which would hold us for ever.
    const file = openSync(place, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOFOLLOW, mode);
    if (!fstatSync(file).isFile()) throw new Error(`${path} is no file any more`);
    writeFileSync(file, text);
    fchmodSync(file, mode);
    closeSync(file);
  }

  clear(path: string): void {
    const place = this.path(path);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
  }

  link(path: string, target: string): void {
    this.clear(path);
    symlinkSync(target, this.path(path));
  }

  /** The tree of the system, and commands in every place that a careless program would run them from. */
  plant(): void {
    for (const [path, text] of Object.entries(FILES)) this.write(path, text);
    for (const [path, target] of Object.entries(LINKS)) this.link(path, target);
    for (const command of COMMANDS) {
      for (const folder of [
        '',
        '/usr/bin',
        '/usr/sbin',
        '/usr/local/bin',
        '/etc/systemd/system',
        '/usr/lib/udev/rules.d',
      ])
        this.write(`${folder}/${command}`, this.trap, 0o755);
    }
    this.link('/bin', 'usr/bin');
    this.link('/sbin', 'usr/sbin');
  }

  out(): string {
    const { outside } = this.around;
    const up = '../'.repeat(12);
    return pick(this.random, [
      outside,
      `${outside}/folder`,
      `${outside}/etc/chrony`,
      `${up}${outside.slice(1)}/folder`,
      `/proc/1/root${outside}/folder`,
      `/proc/self/root${outside}`,
      `${outside}/tx`,
      '/etc',
      '/etc/chrony',
      '/',
      '.',
    ]);
  }

  outFile(): string {
    const { outside } = this.around;
    return pick(this.random, [
      `${outside}/secret`,
      `${outside}/etc/chrony/chrony.conf`,
      `/proc/1/root${outside}/secret`,
      `${outside}/not-there`,
      '/etc/shadow',
      '/etc/chrony/chrony.conf',
      '/dev/zero',
      '/proc/sys/kernel/core_pattern',
    ]);
  }

  /** Something else than a file in the place of one. */
  spoil(path: string): string {
    const kind = pick(this.random, ['link', 'fifo', 'null', 'zero', 'disk', 'folder', 'hard', 'wide', 'loop'] as const);
    this.clear(path);
    const place = this.path(path);
    switch (kind) {
      case 'link':
        symlinkSync(this.outFile(), place);
        break;
      case 'fifo':
        execFileSync('mkfifo', [place]);
        break;
      case 'null':
        execFileSync('mknod', [place, 'c', '1', '3']);
        break;
      case 'zero':
        execFileSync('mknod', [place, 'c', '1', '5']);
        break;
      case 'disk':
        execFileSync('mknod', [place, 'b', '7', '200']);
        break;
      case 'folder':
        mkdirSync(join(place, 'x'), { recursive: true });
        break;
      case 'hard':
        linkSync(`${this.around.outside}/hard`, place);
        break;
      case 'wide':
        execFileSync('truncate', ['-s', '200M', place]);
        break;
      case 'loop':
        symlinkSync(place, place);
        break;
    }
    return `${path} is a ${kind}`;
  }
}

const COMMANDS = [
  'sh',
  'stat',
  'ls',
  'cat',
  'grep',
  'head',
  'find',
  'cp',
  'mv',
  'rm',
  'id',
  'rpm',
  'readlink',
  'cksum',
  'sed',
  'timeout',
];

const FOLDERS = [
  '/etc/chrony',
  '/etc/chrony/conf.d',
  '/etc/chrony/sources.d',
  '/etc/systemd',
  '/etc/systemd/system',
  '/etc/systemd/system/multi-user.target.wants',
  '/etc/systemd/system/sysinit.target.wants',
  '/etc/systemd/system/chrony.service.d',
  '/etc/systemd/timesyncd.conf.d',
  '/etc/tsync',
  '/etc/udev/rules.d',
  '/etc/modprobe.d',
  '/etc/init.d',
  '/etc/rcS.d',
  '/etc/cron.d',
  '/etc/ntpsec',
  '/var',
  '/var/lib',
  '/var/lib/tsync',
  '/var/lib/tsync/tx',
  '/var/lib/dpkg',
  '/var/lib/dpkg/info',
  '/var/lib/rpm',
  '/run',
  '/run/tsync',
  '/tmp',
  '/usr/lib/udev/rules.d',
  '/usr/lib/systemd/system',
  '/usr/lib/systemd/system/chrony.service.d',
] as const;

const PLACES = [
  '/etc/os-release',
  '/etc/debian_version',
  '/etc/chrony/chrony.conf',
  '/etc/chrony/conf.d/tsync.conf',
  '/etc/chrony/conf.d/a.conf',
  '/etc/chrony/sources.d/tsync.sources',
  '/etc/ntpsec/ntp.conf',
  '/etc/ntp.conf',
  '/etc/systemd/system/chrony.service',
  '/etc/systemd/system/systemd-timesyncd.service',
  '/etc/systemd/system/chrony.service.d/60-tsync-refclock.conf',
  '/etc/tsync/refclock.sh',
  '/etc/udev/rules.d/99-tsync-ptp.rules',
  '/etc/udev/rules.d/a.rules',
  '/usr/lib/udev/rules.d/a.rules',
  '/etc/modprobe.d/a.conf',
  '/etc/crontab',
  '/etc/cron.d/ntpdate',
  '/var/lib/dpkg/status',
  '/var/lib/dpkg/info/a.list',
  '/var/lib/tsync/lock',
  '/var/lib/tsync/made',
  '/var/lib/tsync/made.new',
  '/usr/lib/systemd/system/chrony.service',
] as const;

const WAYS: { readonly [name: string]: (tree: HostileTree) => string } = {
  folder(tree) {
    const path = pick(tree.random, FOLDERS);
    const target = tree.out();
    tree.link(path, target);
    return `${path} -> ${target}`;
  },
  ownFolder(tree) {
    const path = pick(tree.random, ['/var', '/var/lib', '/var/lib/tsync', '/var/lib/tsync/tx'] as const);
    const target = tree.out();
    tree.link(path, target);
    return `${path} -> ${target}`;
  },
  file: (tree) => tree.spoil(pick(tree.random, PLACES)),
  twoFiles: (tree) => `${tree.spoil(pick(tree.random, PLACES))}, ${tree.spoil(pick(tree.random, PLACES))}`,
  transaction: forgeTransaction,
  transactions: (tree) => `${forgeTransaction(tree)}, ${forgeTransaction(tree)}`,
  openTransaction: (tree) => forgeTransaction(tree, 'applied'),
  lock(tree) {
    const id = '20260101-000000-abcdef.img';
    tree.link('/var/lib/tsync/lock', `${tree.around.victim} ${pick(tree.random, ['apply', 'undo'])} ${id} when who`);
    return `the lock is the victim's, ${forgeTransaction(tree, 'applied', id)}`;
  },
  script(tree) {
    const { outside } = tree.around;
    const generated = pick(tree.random, [
      `/../../../../../../../../../..${outside}/secret`,
      '/etc/passwd',
      `${outside}/secret`,
    ]);
    tree.write('/etc/tsync/refclock.sh', `#!/bin/sh\nfile='${generated}'\n`, 0o755);
    return `refclock.sh writes ${generated}`;
  },
  includes(tree) {
    const { outside } = tree.around;
    const up = '../'.repeat(12);
    const name = pick(tree.random, [
      `${outside}/secret`,
      `/etc/${up}${outside.slice(1)}/secret`,
      '/etc/chrony/*/../../*',
      '/dev/zero',
      '/proc/self/environ',
    ]);
    tree.write(
      '/etc/chrony/chrony.conf',
      `include ${name}\nconfdir ${outside}/folder\nsourcedir /etc/${up}tmp\nkeyfile ${name}\npool a iburst\n`,
    );
    return `chrony.conf includes ${name}`;
  },
  rpm(tree) {
    tree.clear('/var/lib/dpkg');
    return `rpm: ${tree.spoil(pick(tree.random, ['/var/lib/rpm/rpmdb.sqlite', '/usr/lib/sysimage/rpm/Packages.db'] as const))}`;
  },
};

function forgeTransaction(tree: HostileTree, state?: string, name?: string): string {
  const { random } = tree;
  const { outside, victim } = tree.around;
  const up = '../'.repeat(12);
  const id =
    name ??
    pick(random, [
      '20260101-000000-abcdef.img',
      '20991231-235959-ffffff.img',
      '-rf',
      'a b',
      '.gone-x',
      '$(touch PWNED)',
      'x\ny',
      "q';touch PWNED;'",
      'é',
      'x'.repeat(200),
    ]);
  const folder = `/var/lib/tsync/tx/${id}`;
  if (random() < 0.15) {
    tree.link(folder, tree.out());
    return `tx/${JSON.stringify(id)} is a link`;
  }
  const target = pick(random, [
    '/etc/chrony/chrony.conf',
    '/etc/chrony/sources.d/x.sources',
    `/etc/${up}${outside.slice(1)}/secret`,
    `${outside}/secret`,
    '/etc/tsync/refclock.sh',
    "/etc/x'; touch PWNED; '",
  ]);
  const entry = `file:${target}`;
  tree.write(`${folder}/program.sh`, tree.trap, 0o755);
  tree.write(
    `${folder}/state`,
    `${state ?? pick(random, ['armed', 'applied', 'failed', 'reverting', 'confirmed', 'reverted', 'nonsense', '', 'applied extra', 'x'.repeat(5000)])}\n`,
  );
  tree.write(`${folder}/journal`, `1.0 ${entry} begin\n1.1 ${entry} done\n1.2 service:chrony.service begin\n`);
  tree.write(
    `${folder}/meta`,
    `id=${random() < 0.5 ? id : 'another'}\nrun=r\nwho=nobody\nstarted=2026-01-01T00:00:00Z\n`,
  );
  const content = 'pool forged\n';
  const mark = { mode: '644', owner: 'root', group: 'root', length: content.length, cksum: cksumOf(content) };
  const links = pick(random, [
    [],
    ['/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service'],
    [`/etc/systemd/system/${up}${outside.slice(1)}/folder/x -> y`],
    [`/etc/systemd/system/x'; touch PWNED; ' -> y`],
  ]);
  const changes = [
    {
      kind: 'file',
      name: target,
      before: random() < 0.3 ? null : mark,
      after: random() < 0.3 ? null : { ...mark, cksum: 1 },
    },
    {
      kind: 'service',
      name: 'chrony.service',
      before: { masked: random() < 0.5, links },
      after: { masked: false, links: [] },
    },
  ];
  tree.write(
    `${folder}/record`,
    pick(random, [
      JSON.stringify({ record: 1, changes }),
      JSON.stringify({ record: 1, changes }),
      '{}',
      'x'.repeat(70000),
      `'; touch PWNED; '`,
    ]),
  );
  tree.write(`${folder}/backup/1`, content);
  if (random() < 0.3) tree.write('/etc/chrony/sources.d/x.sources', 'something else\n');
  tree.write(
    `${folder}/made`,
    `${outside}/empty\n/etc/${up}${outside.slice(1)}/empty\n/etc/chrony/conf.d\n/..${outside}/empty\n`,
  );
  tree.write(`${folder}/guards`, 'tsync-guard-x\n');
  tree.write(`${folder}/tsync-guard-x.pid`, `${victim.split(' ').slice(0, 2).join(' ')}\n`);
  const said = [`tx/${JSON.stringify(id.slice(0, 40))}`];
  while (random() < 0.4) {
    said.push(
      tree.spoil(
        `${folder}/${pick(random, ['state', 'journal', 'meta', 'record', 'backup/1', 'backup', 'made', 'guards', 'reserve', 'state.new', 'program.sh', 'backup/1.found'])}`,
      ),
    );
  }
  if (random() < 0.1) rmSync(tree.path(`${folder}/state`), { recursive: true, force: true });
  return said.join(' ');
}

function cksumOf(text: string): number {
  return Number(execFileSync('cksum', { input: text, encoding: 'utf8' }).split(' ')[0]);
}
