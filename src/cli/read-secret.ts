import { readFile } from 'node:fs/promises';
import { TsyncError } from '#errors/tsync-error.js';
import type { FleetOptions } from './options.js';

/** The sudo password by prompt or file, or null. Secrets never come by flag: other users of this machine could read them. */
export async function readBecomePassword({ askBecomePass, becomePasswordFile }: FleetOptions): Promise<string | null> {
  if (becomePasswordFile !== undefined) return firstLine(becomePasswordFile);
  return askBecomePass ? ask('sudo password: ') : null;
}

async function firstLine(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TsyncError('usage/secret-unreadable', `The password file ${file} cannot be read: ${reason}.`, {
      exitCode: 64,
      cause,
    });
  }
}

/** Asks on the terminal without echo. Throws `TsyncError` when there is no terminal, or at Ctrl-C. */
export function ask(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    const detail = `There is no terminal to ask for the ${prompt.replace(/:\s*$/, '')}.`;
    throw new TsyncError('usage/no-terminal', detail, { exitCode: 64 });
  }
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve, reject) => {
    let secret = '';
    const onData = (chunk: Buffer): void => {
      for (const character of chunk.toString('utf8')) {
        switch (character) {
          case '\r':
          case '\n':
          case '\u0004':
            end(() => resolve(secret));
            return;
          case '\u0003':
            end(() => reject(new TsyncError('usage/interrupted', 'Interrupted at a prompt.', { exitCode: 64 })));
            return;
          case '\u007f':
          case '\b':
            secret = secret.slice(0, -1);
            break;
          case '\u0015':
            secret = '';
            break;
          default:
            secret += character;
        }
      }
    };
    function end(settle: () => void): void {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    }
    stdin.on('data', onData);
  });
}
