import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HostTrouble } from '#errors/host-trouble.js';
import type { Host } from '#inventory/host.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import { localTransport } from '#transport/local-transport.js';

const folder = mkdtempSync(join(tmpdir(), 'tsync-local-'));
symlinkSync('loop', join(folder, 'loop'));
afterAll(() => rmSync(folder, { recursive: true }));

function host(variables: string): Host {
  const inventory = parseInventory(`all: {hosts: {h: {ansible_connection: local${variables}}}}`, 'i.yaml');
  return inventory.hosts.get('h')!;
}

const connect = (variables = '') =>
  localTransport.connect(host(variables), { signal: new AbortController().signal, onRetry: () => {} });

async function run(command: string, input = ''): Promise<{ readonly said: string; readonly code: number | null }> {
  const connection = await connect();
  const exec = await connection.exec(command);
  let said = '';
  exec.onStdout((chunk) => {
    said += Buffer.from(chunk).toString();
  });
  exec.write(input);
  exec.endInput();
  const { code } = await exec.ended;
  return { said, code };
}

describe('a local connection', () => {
  it('runs a command by sh, with its input, output and status', async () => {
    expect(await run('cat; exit 3', 'hello')).toEqual({ said: 'hello', code: 3 });
  });

  it('runs it in a session of its own, which a Ctrl-C does not reach', async () => {
    const { said } = await run('ps -o sid= -p $$; echo $$');
    const [session, pid] = said.trim().split(/\s+/);
    expect(session).toBe(pid);
  });

  it('ends the input of what still runs when it is closed', async () => {
    const connection = await connect();
    const exec = await connection.exec('cat >/dev/null');
    connection.close();
    expect(await exec.ended).toEqual({ code: 0, signal: null });
  });

  it.each([
    [', root: /nonexistent', 'There is no folder /nonexistent/etc'],
    [`, root: "${folder}"`, 'no system is mounted there'],
    [', root: /usr/..', 'must be the absolute path'],
    [', root: //', 'must be the absolute path'],
    [', root: "/proc/self/root"', 'is the running system itself'],
    [`, root: "${folder}/loop"`, 'cannot be looked at by this user: ELOOP'],
    [`, root: "/${'x'.repeat(300)}"`, 'cannot be looked at by this user: ENAMETOOLONG'],
  ])('takes no tree that is none: %s', async (variables, detail) => {
    const trouble = await (async () => connect(variables))().catch((error: unknown) => error);
    const text = trouble instanceof HostTrouble ? trouble.problem.detail : String(trouble);
    expect(text).toContain(detail);
  });

  it('takes a tree that has an /etc', async () => {
    mkdirSync(join(folder, 'tree/etc'), { recursive: true });
    expect(await connect(`, root: "${folder}/tree"`)).toBeDefined();
  });
});

describe('the inventory', () => {
  it('reads root and platform of a local host, and leaves them to their owner elsewhere', () => {
    expect(host(', root: /mnt/image, platform: azure').connection).toMatchObject({
      transport: 'local',
      image: { root: '/mnt/image', platform: 'azure' },
    });
    expect(host('').connection).toMatchObject({ transport: 'local', image: null });
    const remote = parseInventory('all: {hosts: {h: {root: "whatever", platform: [1]}}}', 'i').hosts.get('h');
    expect(remote?.connection).toMatchObject({ transport: 'ssh', image: null });
  });

  it('refuses a platform that nobody knows, with its line', () => {
    expect(() => host(', root: /mnt/image, platform: azur')).toThrow('must be one of azure, hyperv');
  });
});
