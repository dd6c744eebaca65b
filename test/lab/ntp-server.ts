import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A chronyd that answers on this address as stratum 8 and leaves this machine's clock alone (`-x`). Gives what stops it;
 * rejects when it does not stay up, for example because the port is taken.
 */
export async function startNtpServer(address: string, allow: string): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'tsync-lab-ntp-'));
  const file = join(folder, 'chrony.conf');
  writeFileSync(
    file,
    `local stratum 8\nallow ${allow}\nbindaddress ${address}\ncmdport 0\nbindcmdaddress /\npidfile ${folder}/pid\n`,
  );
  const server = spawn('chronyd', ['-d', '-x', '-u', 'root', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.on('close', () => reject(new Error(`chronyd for the lab ended:\n${said}`)));
    server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      // Its last words at a start that succeeded: by then the sockets are open.
      if (/Disabled control of system clock|Frequency .* read from|Using .* timezone/.test(said))
        setTimeout(resolve, 500);
    });
  });
  const ended = new Promise<void>((resolve) => server.on('close', () => resolve()));
  // It removes its pidfile while it ends: the folder goes after that.
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
