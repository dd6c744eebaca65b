// One OpenSSH server on loopback that answers as any number of hosts: 127.0.x.y, one user with an empty shell profile.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

// Of its own, so that two benchmarks do not take each other's user away.
const BENCH_USER = `tsync-bench-${process.pid}`;

/**
 * Starts it. As root it makes a user of its own and removes it again; otherwise it serves the user who runs it.
 * @returns {Promise<{port: number, user: string, key: string, knownHosts: string, folder: string, stop: () => void}>}
 */
export async function startSshd() {
  const folder = mkdtempSync(join(tmpdir(), 'tsync-bench-'));
  chmodSync(folder, 0o755);
  const key = join(folder, 'id_ed25519');
  const hostKey = join(folder, 'host_ed25519');
  for (const file of [key, hostKey]) run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);

  const isRoot = process.getuid() === 0;
  const user = isRoot ? BENCH_USER : userInfo().username;
  const home = join(folder, 'home');
  mkdirSync(home);
  if (isRoot) {
    spawnSync('userdel', [BENCH_USER]);
    run('useradd', ['--no-create-home', '--home-dir', home, '--shell', '/bin/sh', BENCH_USER]);
    run('usermod', ['-p', '*', BENCH_USER]);
    const [uid, gid] = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`${BENCH_USER}:`))
      .split(':')
      .slice(2, 4)
      .map(Number);
    chownSync(home, uid, gid);
    if (!existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  }
  const authorized = join(folder, 'authorized_keys');
  writeFileSync(authorized, readFileSync(`${key}.pub`));
  chmodSync(authorized, 0o644);

  const port = 20000 + Math.floor(Math.random() * 20000);
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 0.0.0.0',
      `AllowUsers ${user}@127.*`,
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${authorized}`,
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'PrintMotd no',
      'MaxStartups 500',
      'LoginGraceTime 30',
      `PidFile ${join(folder, 'sshd.pid')}`,
      '',
    ].join('\n'),
  );
  // A signal ends without the event `exit`, and with it without `stop`.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'ignore'] });
  await listening(port);

  const knownHosts = join(folder, 'known_hosts');
  const [type, blob] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  writeFileSync(knownHosts, `[127.*]:* ${type} ${blob}\n`);
  return {
    port,
    user,
    key,
    knownHosts,
    folder,
    stop() {
      server.kill('SIGTERM');
      // By force: a session that is about to end still runs as that user.
      if (isRoot) spawnSync('userdel', ['--force', BENCH_USER]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(command, args) {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

async function listening(port) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not listen on port ${port}`);
}
