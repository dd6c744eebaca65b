import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const NETWORK = '10.79.0';
export const NTP_SERVER = `${NETWORK}.1`;

/** Why the lab cannot run here, or null. In CI that is a failure and never a skip. */
export function whyNoLab(commands: readonly string[]): string | null {
  if (process.getuid?.() !== 0) return 'the lab needs root';
  const missing = commands.filter((command) => !installed(command));
  return missing.length === 0 ? null : `the lab needs ${missing.join(', ')} (Debian packages: see .ci/run)`;
}

function installed(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const LAB = {
  folder: '/var/tmp/tsync-lab-ci',
  env: { ...process.env, LAB_NAME: 'tsci', LAB_NET: NETWORK, LAB_DIR: '/var/tmp/tsync-lab-ci' },
  script: join(TOP, 'test/lab/hosts.sh'),
  /** The root of host I (1, 2 ...) as this machine sees it. */
  rootOf: (index: number) => `/var/tmp/tsync-lab-ci/hosts/tsci${index}/root`,
  addressOf: (index: number) => `${NETWORK}.${10 + index}`,
  key: '/var/tmp/tsync-lab-ci/id_ed25519',
};

/** Starts `count` systemd hosts and gives the inventory as text. */
export function hostsUp(count: number): string {
  return execFileSync('bash', [LAB.script, 'up', String(count)], {
    env: LAB.env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export function hostsDown(): void {
  execFileSync('bash', [LAB.script, 'down'], { env: LAB.env, stdio: 'ignore' });
}

/** A chronyd on the lab's bridge that says it is stratum 8 and does not touch this machine's clock. */
export function startNtpServer(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tsync-lab-ntp-'));
  const lines = [
    'local stratum 8',
    `allow ${NETWORK}.0/24`,
    `bindaddress ${NTP_SERVER}`,
    'cmdport 0',
    `pidfile ${folder}/pid`,
    'bindcmdaddress /',
  ];
  writeFileSync(join(folder, 'chrony.conf'), `${lines.join('\n')}\n`);
  const server = spawn('chronyd', ['-d', '-x', '-u', 'root', '-f', join(folder, 'chrony.conf')], { stdio: 'ignore' });
  return () => {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** tsync as an operator starts it, with a store and home of the test's own. */
export class Operator {
  readonly home = mkdtempSync(join(tmpdir(), 'tsync-lab-home-'));

  write(name: string, text: string): string {
    const file = join(this.home, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  start(args: readonly string[]) {
    mkdirSync(join(this.home, '.ssh'), { recursive: true, mode: 0o700 });
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      LANG: 'C.UTF-8',
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_CACHE_HOME: join(this.home, 'cache'),
    };
    return spawn(process.execPath, [join(TOP, 'bin/tsync.js'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  tsync(...args: string[]): Promise<CommandResult> {
    const child = this.start(args);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Runs a command on host I over OpenSSH, as root. */
export function onHost(index: number, command: string): string {
  const options = [
    '-F',
    'none',
    '-i',
    LAB.key,
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-o',
    'BatchMode=yes',
  ];
  return execFileSync('ssh', [...options, `root@${LAB.addressOf(index)}`, command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Every path below a folder with type, mode, owner and group, and the link's text or the content's digest. */
export function fingerprint(folder: string): Map<string, string> {
  const seen = new Map<string, string>();
  const visit = (path: string): void => {
    const { mode, uid, gid } = lstatSync(path);
    const stat = lstatSync(path);
    const what = stat.isSymbolicLink()
      ? `-> ${readlinkSync(path)}`
      : stat.isFile()
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : 'folder';
    seen.set(path.slice(folder.length), `${mode.toString(8)} ${uid}:${gid} ${what}`);
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
  };
  visit(folder);
  return seen;
}

/** Active and enabled state of the time services, and the process ids of the daemon. */
export function servicesOf(index: number): string {
  return onHost(
    index,
    'systemctl is-active chrony systemd-timesyncd ntp ntpsec; systemctl is-enabled chrony; pidof chronyd | tr " " "\\n" | sort | wc -l',
  );
}
