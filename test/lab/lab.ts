import { execFile, execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fingerprint } from './fingerprint.js';
import { holdLab } from './lab-lock.js';
import { startNtpServer } from './ntp-server.js';
import { TOP } from './operator.js';
import { canRunLab, IN_CI } from './requirements.js';
import { SERVICES, type SshTarget, sshCommand } from './ssh-command.js';

/** Each test file that runs beside others has hosts and a network of its own; the images are shared. */
const WORKER = process.env.VITEST_POOL_ID ?? '1';
const {
  LAB_NAME: NAME = `tsci${'abcdefgh'[Number(WORKER) - 1]}`,
  LAB_NET: NETWORK = `10.79.${Number(WORKER) - 1}`,
  LAB_DIR: FOLDER = '/var/tmp/tsync-lab-ci',
} = process.env;
const SCRIPT = join(TOP, 'test/lab/hosts.sh');
const ENVIRONMENT = { ...process.env, LAB_NAME: NAME, LAB_NET: NETWORK, LAB_DIR: FOLDER };

export const NTP_SERVER = `${NETWORK}.1`;

/** Can containers be started here? Says why not; in CI that is an error. */
export const canRunContainers = (what: string): boolean =>
  canRunLab(
    what,
    ['mmdebstrap', 'systemd-nspawn', 'ip', 'chronyd', 'ssh', 'ssh-keygen', 'script', 'nsenter', 'setfattr', 'flock'],
    IN_CI,
  );

/** Follow the lab's own server. Containers share the machine's clock, so their chronyd runs with -x. */
export const playbookOf = (settleSeconds: number, confirmSeconds: number): string => `
- name: time from the lab
  hosts: all
  strategy: ntp-only
  ntp_servers: [${NTP_SERVER}]
  rollout: {settle_timeout: ${settleSeconds}s, confirm_timeout: ${confirmSeconds}s}
  waivers:
    - rule: chrony/no-clock-control
      reason: containers share the clock of the machine
`;

/** What a host boots with: hosts.sh. */
export type LabInit = 'systemd' | 'sysv' | 'openrc' | 'timesyncd' | 'ntpsec-chrony' | 'timesyncd-chrony';

/**
 * Until then ordinary users may not log in (pam_nologin) and systemd may cancel our jobs; `--wait` gives up at once where the
 * bus is not there yet.
 */
const UNTIL_BOOTED =
  'if [ ! -d /run/systemd/system ]; then until pidof chronyd >/dev/null; do sleep 0.2; done; exit 0; fi; for i in $(seq 200); do case $(systemctl is-system-running 2>/dev/null) in running | degraded) exit 0 ;; esac; sleep 0.5; done; exit 1';

/** Real hosts, from the image of their init every time, and an NTP server that they reach. */
export class Lab {
  readonly inventory: string;
  private readonly stopNtpServer: () => Promise<void>;
  private readonly release: () => Promise<void>;
  private readonly inits = new Map<number, string>();

  private constructor(inventory: string, stopNtpServer: () => Promise<void>, release: () => Promise<void>) {
    this.inventory = inventory;
    this.stopNtpServer = stopNtpServer;
    this.release = release;
  }

  /** Starts hosts 1 to `count`, or one for each init, whatever a run before left, and waits until each has booted. */
  static async start(wanted: number | readonly LabInit[]): Promise<Lab> {
    const release = await holdLab(FOLDER, NAME);
    let stopNtpServer = () => Promise.resolve();
    try {
      hosts('down');
      const inits = typeof wanted === 'number' ? Array.from({ length: wanted }, () => 'systemd') : wanted;
      const inventory = hosts('up', ...inits);
      stopNtpServer = await startNtpServer(NTP_SERVER, `${NETWORK}.0/24`);
      const lab = new Lab(inventory, stopNtpServer, release);
      for (let index = 1; index <= inits.length; index++) lab.awaitBoot(index);
      return lab;
    } catch (error) {
      await stopNtpServer();
      hosts('down');
      await release();
      throw error;
    }
  }

  /** Waits until a host has booted and an ordinary user can log in, whose first session starts the user's own systemd. */
  private awaitBoot(index: number): void {
    this.onHost(index, UNTIL_BOOTED);
    const login = () => sshCommand({ ...this.target(index), user: 'ops' }, 'true');
    // The file that forbids logins goes a moment later than systemd calls itself booted.
    for (let attempt = 1; ; attempt++) {
      try {
        return void login();
      } catch (error) {
        if (attempt === 40) throw error;
        execFileSync('sleep', ['0.5']);
      }
    }
  }

  async stop(): Promise<void> {
    await this.stopNtpServer();
    hosts('down');
    await this.release();
  }

  /** What a command prints as root on host `index` (1, 2 ...). */
  onHost(index: number, command: string): string {
    return sshCommand(this.target(index), command);
  }

  /** What a command prints as root inside host `index`, which notices nothing: no connection, no login. */
  async inside(index: number, command: string): Promise<string> {
    const init = this.inits.get(index) ?? hosts('init', String(index)).trim();
    this.inits.set(index, init);
    if (readlinkSync(`/proc/${init}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')) {
      throw new Error(`process ${init} is none of host ${index}: a command for a host must not run on this machine`);
    }
    const { stdout } = await promisify(execFile)('nsenter', ['-t', init, '-a', 'sh', '-c', command], {
      encoding: 'utf8',
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** Stops every process of host `index`, its init too. Its network still acknowledges what arrives. */
  async freeze(index: number): Promise<void> {
    await this.inside(index, 'kill -STOP -1');
    process.kill(Number(this.inits.get(index)), 'SIGSTOP');
  }

  /** Lets host `index` go on. */
  async thaw(index: number): Promise<void> {
    const init = this.inits.get(index);
    if (init === undefined) return;
    process.kill(Number(init), 'SIGCONT');
    await this.inside(index, 'kill -CONT -1');
  }

  /** Ends all that runs on host `index` at once, as a power cut does, and boots it again; it keeps what was on its disk. */
  async cutPower(index: number): Promise<void> {
    this.inits.delete(index);
    await promisify(execFile)('bash', [SCRIPT, 'boot', String(index)], { env: ENVIRONMENT, timeout: 100_000 });
    await this.inside(index, UNTIL_BOOTED);
  }

  /** How to reach host `index` with the system's ssh. */
  target(index: number): SshTarget {
    return { address: `${NETWORK}.${10 + index}`, port: 22, key: `${FOLDER}/id_ed25519` };
  }

  /** The name of host `index` in the inventory. */
  nameOf(index: number): string {
    return `${NAME}${index}`;
  }

  /** Where a path of host `index` is on this machine. */
  pathOn(index: number, path: string): string {
    return `${FOLDER}/hosts/${this.nameOf(index)}/root${path}`;
  }

  /** Everything of /etc, as this machine sees it from outside, and what runs and is enabled. */
  stateOf(index: number): { etc: Record<string, string>; services: string } {
    return { etc: fingerprint(this.pathOn(index, '/etc')), services: this.onHost(index, SERVICES) };
  }

  /** The time daemons' process ids and their start times. */
  daemonOf(index: number): string {
    return this.onHost(index, 'ps -o pid=,lstart= -C chronyd,ntpd,systemd-timesyn');
  }

  /** The states of the transactions on a host, oldest first. */
  transactionsOf(index: number): readonly string[] {
    return this.onHost(index, 'cat $(ls -tr /var/lib/tsync/tx/*/state 2>/dev/null) </dev/null')
      .split('\n')
      .filter(Boolean);
  }

  /** What guards, locks and units of tsync there are on a host. None where nothing is in flight. */
  leftoversOf(index: number): string {
    const look = [
      'systemctl list-units --all --no-legend --plain "tsync-*"',
      'find /etc /run/systemd -name "*tsync-boot*"',
      'find /var/lib/tsync -maxdepth 1 -name "lock*"',
      'find /run/tsync -type f',
      'pgrep -fa "program.sh undo [w]ait"',
    ];
    return this.onHost(index, look.map((command) => `${command} 2>/dev/null || true`).join('; '));
  }
}

function hosts(...args: readonly string[]): string {
  return execFileSync('bash', [SCRIPT, ...args], {
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 500_000,
  });
}

/** The same inventory, but every host is reached as `ops`, who becomes root with sudo and the password `lab`. */
export const asOps = (inventory: string): string =>
  inventory.replace('ansible_user: root', 'ansible_user: ops, ansible_become: true');
