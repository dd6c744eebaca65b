import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { bootstrapCommand, bootstrapInput, newMarks } from '#transport/bootstrap.js';
import { type SshTarget, sshArguments } from '../ssh-command.js';

/** The state of each step that a program on a host told, `STEP STATE`, as far as it came. */
export type Steps = readonly string[];

/** Runs a program on a host as tsync does, but over the system's ssh and with nobody who would connect again. */
export async function runProgram(
  target: SshTarget,
  program: Uint8Array,
  parameters: readonly string[],
  requests: readonly string[] = [],
): Promise<Steps> {
  const marks = newMarks(() => randomBytes(16).toString('hex'));
  const command = bootstrapCommand(marks, program.length, null);
  const child = spawn('ssh', [...sshArguments(target), command], { stdio: ['pipe', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.write(bootstrapInput(marks, parameters, program));
  child.stdin.end(requests.map((line) => `${line}\n`).join(''));
  await new Promise((resolve) => child.on('close', resolve));
  return [...output.matchAll(/^@\S+ step (\S+) (\S+)$/gm)].map(([, step, state]) => `${step} ${state}`);
}
