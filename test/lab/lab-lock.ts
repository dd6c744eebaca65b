import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const WAIT_SECONDS = 550;

/**
 * Holds the hosts of that name for one test file: two at once would take them away from each other. Gives what lets go of them;
 * when this process dies they are free as well, because then flock(1)'s command has no standard input any more. Waits for its
 * turn; rejects when the other one holds them for longer than any test file should.
 */
export async function holdLab(folder: string, name: string): Promise<() => Promise<void>> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `lock-${name}`);
  const holder = spawn('flock', ['-w', String(WAIT_SECONDS), file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => holder.on('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.on('error', reject);
    holder.on('close', () =>
      reject(
        new Error(`another lab still uses the hosts ${name} in ${folder}: wait for it, or set LAB_NAME and LAB_NET`),
      ),
    );
  });
  return () => {
    holder.stdin.end();
    return ended;
  };
}
