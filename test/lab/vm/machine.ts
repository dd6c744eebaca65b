import { execFileSync } from 'node:child_process';
import { TOP } from '../operator.js';
import { SERVICES, type SshTarget, sshCommand } from '../ssh-command.js';

const FOLDER = process.env.LAB_DIR ?? '/var/tmp/tsync-vm-ci';
const PORT = Number(process.env.LAB_PORT ?? 2500);

/** Booting takes minutes: with this, machines stay up, and those that run are used as they are. */
const KEEP = process.env.TSYNC_LAB_KEEP === '1';

/** Emulated machines with a PTP clock named hyperv; number 1 has the identity of an Azure guest, number 2 that of QEMU. */
export function startMachines(): string {
  stopMachines();
  script(['up', '1'], { VM_PLATFORM: 'azure' });
  return script(['up', '2'], { VM_PLATFORM: 'none' });
}

/** One machine, with the identity of an Azure guest; gives its inventory. */
export function startMachine(): string {
  stopMachines();
  return script(['up', '1'], { VM_PLATFORM: 'azure' });
}

export function stopMachines(): void {
  if (!KEEP) script(['down']);
}

export class Machine {
  private readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  get target(): SshTarget {
    return { address: '127.0.0.1', port: PORT + this.index, key: `${FOLDER}/id_ed25519` };
  }

  /** What a command prints there as root. */
  run(command: string): string {
    return sshCommand(this.target, command);
  }

  /** Every path of /etc with mode, owner, link or content; what runs and is enabled. */
  state(): { etc: readonly string[]; services: string } {
    const etc = this.run(
      'cd /etc && find . -printf "%p %M %U:%G %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum',
    );
    return { etc: etc.split('\n'), services: this.run(SERVICES) };
  }

  /** The sources as chronyd tells them, one a line. */
  sources(): readonly string[] {
    return this.run('chronyc -c -n sources').split('\n').filter(Boolean);
  }

  daemon(): string {
    return this.run('ps -o pid=,lstart= -C chronyd');
  }

  /**
   * Sets the machine's clock by this server, and its PTP clock by that: the stand-in for the driver takes the time when it is
   * loaded, and at boot that comes from a hardware clock that knows whole seconds only.
   */
  setClocks(server: string): void {
    const set = `timeout 100 chronyd -q 'server ${server} iburst' 'cmdport 0' 'pidfile /run/set-clocks.pid'`;
    this.run(`systemctl stop chrony && ${set} && rmmod hv_utils && modprobe hv_utils && systemctl start chrony`);
  }

  /**
   * Boots the machine again and waits until it has: `button` writes all to the disk before the reset, `power` nothing, and `orderly` lets
   * systemd do it.
   */
  async reset(how: 'button' | 'power' | 'orderly' = 'button'): Promise<void> {
    const boot = () => this.run('cat /proc/sys/kernel/random/boot_id');
    const before = boot();
    if (how === 'button') this.run('sync');
    if (how === 'orderly') this.run('systemctl --no-block reboot');
    else script(['monitor', String(this.index), 'system_reset']);
    const until = performance.now() + 480_000;
    for (;;) {
      if (hasAnswer(boot, before)) break;
      if (performance.now() > until) throw new Error('the machine did not come back within 8 minutes of its reset');
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    this.run('timeout 100 systemctl is-system-running --wait || true');
  }
}

function hasAnswer(boot: () => string, before: string): boolean {
  try {
    return boot() !== before;
  } catch {
    return false;
  }
}

function script(args: readonly string[], variables: Readonly<Record<string, string>> = {}): string {
  return execFileSync('bash', [`${TOP}/test/lab/vm/vm.sh`, ...args], {
    env: { ...process.env, LAB_DIR: FOLDER, LAB_PORT: String(PORT), ...variables },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 900_000,
  });
}
