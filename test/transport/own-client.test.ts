import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSshTransport, defaultDeadlines } from '#transport/ssh-transport.js';
import { hostAt } from './ssh-host.js';
import { type Sshd, sshdPath, startSshd } from './sshd.js';

/** Our own client against OpenSSH's server, one algorithm at a time, and where it must leave the host to ssh2. */
describe.skipIf(sshdPath === null)('our own client with the sshd of OpenSSH', () => {
  const stops: (() => Promise<void>)[] = [];
  beforeAll(() => {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function started(extra: readonly string[], keyType = 'ed25519'): Promise<Sshd> {
    const sshd = await startSshd(['LogLevel DEBUG1', ...extra], keyType);
    stops.push(() => sshd.stop());
    return sshd;
  }

  /** Runs a command that gives back what it read, and returns that with the clients that the server has seen. */
  async function echoed(sshd: Sshd, input: string, hostKey = sshd.hostKey) {
    const transport = createSshTransport({
      home: sshd.folder,
      user: sshd.user,
      agentSocket: null,
      knownHostsFiles: [],
      acceptNewHostKeys: false,
      askPassphrase: null,
      deadlines: defaultDeadlines,
    });
    const host = hostAt(sshd.port, { user: null, hostKeys: [hostKey], privateKeyFiles: [sshd.userKeyFile] });
    const connection = await transport.connect(host, new AbortController().signal);
    const exec = await connection.exec('cat; echo problem >&2; exit 7');
    const out: Uint8Array[] = [];
    const err: Uint8Array[] = [];
    exec.onStdout((chunk) => out.push(Buffer.from(chunk)));
    exec.onStderr((chunk) => err.push(Buffer.from(chunk)));
    exec.write(input);
    exec.endInput();
    const end = await exec.ended;
    connection.close();
    await transport.close();
    const clients = [...sshd.log().matchAll(/remote software version (\w+)/g)].map((match) => match[1]);
    return { output: Buffer.concat(out).toString(), errors: withoutDebug(Buffer.concat(err).toString()), end, clients };
  }

  const plain = { errors: 'problem\n', end: { code: 7, signal: null }, clients: ['tsync'] };

  it.each([
    'KexAlgorithms curve25519-sha256',
    'KexAlgorithms curve25519-sha256@libssh.org',
    'KexAlgorithms ecdh-sha2-nistp256',
    'Ciphers aes128-gcm@openssh.com',
    'Ciphers aes256-gcm@openssh.com',
  ])('runs a command with %s', async (line) => {
    const sshd = await started([line]);
    expect(await echoed(sshd, 'hello')).toEqual({ ...plain, output: 'hello' });
  });

  it.each([
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
    ['rsa', '2048'],
  ])('believes a host with a key of %s %s', async (type, bits) => {
    const file = join(execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim(), 'key');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
    const sshd = await started([`HostKey ${file}`]);
    const line = execFileSync('cut', ['-d', ' ', '-f1,2', `${file}.pub`], { encoding: 'utf8' }).trim();
    expect(await echoed(sshd, 'hello', line)).toEqual({ ...plain, output: 'hello' });
  });

  it.each(['ecdsa', 'rsa'])('logs in with a key of type %s', async (type) => {
    const sshd = await started([], type);
    expect(await echoed(sshd, 'hello')).toEqual({ ...plain, output: 'hello' });
  });

  it('takes part in as many exchanges of new keys as the host wants, and loses nothing', async () => {
    const sshd = await started(['RekeyLimit 64K']);
    const input = 'a line of some length\n'.repeat(60_000);
    const { output, ...rest } = await echoed(sshd, input);
    expect(output === input).toBe(true);
    expect(rest).toEqual(plain);
    expect(sshd.log().match(/rekeying in progress|need rekeying|rekey/gi)?.length ?? 0).toBeGreaterThan(3);
  });

  it.each(['Ciphers aes256-ctr', 'Ciphers chacha20-poly1305@openssh.com', 'KexAlgorithms ecdh-sha2-nistp521'])(
    'leaves a host with %s to ssh2',
    async (line) => {
      const sshd = await started([line]);
      expect(await echoed(sshd, 'hello')).toEqual({ ...plain, output: 'hello', clients: ['tsync', 'ssh2js1'] });
    },
  );
});

/** A server that logs so much says something in the command's own standard error, too. */
function withoutDebug(text: string): string {
  return text.replace(/^debug1: .*\r?\n/gm, '');
}
