import { execFileSync } from 'node:child_process';

export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly key: string;
  /** root where nothing is said. */
  readonly user?: string;
}

/** What a command prints that runs on a host, over the system's ssh: the tests look for themselves. */
export function sshCommand(target: SshTarget, command: string): string {
  return execFileSync('ssh', [...sshArguments(target), command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** What the system's ssh needs to run a command there: the command comes after these. */
export function sshArguments({ address, port, key, user = 'root' }: SshTarget): string[] {
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'BatchMode=yes',
    'ConnectTimeout=20',
  ];
  const options = settings.flatMap((setting) => ['-o', setting]);
  return ['-F', 'none', '-i', key, '-p', String(port), ...options, `${user}@${address}`];
}

/** Prints what runs on a host, and what systemd knows of every unit file: what a rollback must leave as it was. init starts getty again and again, on a console that a container does not have. */
export const SERVICES = `if [ ! -d /run/systemd/system ]; then ps -eo comm= | grep -v -x -e ps -e grep -e sort -e bash -e sh -e sleep -e getty | sort -u; exit; fi
systemctl list-units --type=service,timer,path,socket --state=active --no-legend --plain |
  awk '{print $1, $4}' | grep -v -e '^user' -e '^systemd-tmpfiles-clean' -e '^ssh@' -e '^session' | sort
systemctl list-unit-files --type=service,timer,path,socket --no-legend | awk '{print $1, $2}' | sort`;
