import { createRequire } from 'node:module';
import { BOOTSTRAP } from '#transport/bootstrap.js';

const ssh2 = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');

const NONCE = '0123456789abcdef0123456789abcdef';
const TOKEN = 'fedcba9876543210fedcba9876543210';

export interface HostAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The constant command for a program of that many bytes. */
export function conversationCommand(bytes: number): string {
  return `sh -c '${BOOTSTRAP}' tsync ${TOKEN} ${bytes}`;
}

/** Runs a command on a simulated host over SSH with that input, and gives what came back when it ended (or was left). */
export function execOn(
  address: { readonly port: number; readonly privateKey: string; readonly user: string },
  command: string,
  input: string,
  leaveAfterMs?: number,
): Promise<HostAnswer> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let stdout = '';
        let stderr = '';
        let code: number | null = null;
        channel.on('data', (chunk: Buffer) => {
          stdout += chunk.toString('latin1');
        });
        channel.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk.toString('latin1');
        });
        channel.on('exit', (status: number | null) => {
          code = status;
        });
        channel.on('close', () => {
          client.end();
          resolve({ code, stdout, stderr });
        });
        channel.end(Buffer.from(input));
        if (leaveAfterMs !== undefined) {
          setTimeout(() => {
            client.destroy();
            resolve({ code, stdout, stderr });
          }, leaveAfterMs);
        }
      });
    });
    client.connect({ host: '127.0.0.1', port: address.port, username: address.user, privateKey: address.privateKey });
  });
}

/** Holds one conversation: parameters, the program, then requests. */
export function converseWith(
  address: Parameters<typeof execOn>[0],
  options: {
    readonly parameters: readonly string[];
    readonly program: string;
    readonly requests?: readonly string[];
    readonly sudo?: boolean;
  },
  leaveAfterMs?: number,
): Promise<HostAnswer> {
  const command = conversationCommand(Buffer.byteLength(options.program));
  const requests = (options.requests ?? []).map((line) => `${line}\n`).join('');
  return execOn(
    address,
    options.sudo ? `LC_ALL=C sudo -n ${command}` : command,
    `${TOKEN} ${NONCE}\n${options.parameters.map((line) => `${line}\n`).join('')}\n${options.program}${requests}`,
    leaveAfterMs,
  );
}
