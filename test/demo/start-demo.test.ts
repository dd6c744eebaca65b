import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from '#demo/start-demo.js';
import { loadPrograms } from '#engine/programs.js';
import { conversationCommand, converseWith, execOn } from './talk-to-host.js';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'tsync-demo-test-')));
const folder = join(top, 'demo');
let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ folder, fresh: false });
});
afterAll(async () => {
  await demo.close();
  rmSync(top, { recursive: true, force: true });
});

function ports(): { readonly [name: string]: number } {
  return JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'));
}
function address(name: string, user = 'ops') {
  return { port: ports()[name] ?? 0, user, privateKey: readFileSync(demo.privateKeyFile, 'utf8') };
}
function parameters(name: string): string[] {
  const host = demo.folders.get(name);
  return [`root=${host}/root`, `bin=${host}/bin`];
}
/** Processes of this machine that have the demo's folder in their command line. */
function processesOf(path: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    })
    .filter((commandLine) => commandLine.includes(path));
}

const { conversation } = loadPrograms().texts;

describe('a simulated host', () => {
  test('runs a program of tsync with sh in its own folder, as the user who logged in', async () => {
    const program = 'printf "%s %s %s\\n" "$4" "$(pwd -P)" "$TSYNC_DEMO_UID"\n';
    const answer = await converseWith(address('web01'), { parameters: parameters('web01'), program });
    const host = demo.folders.get('web01');
    expect(answer.stdout).toContain(`bin=${host}/bin ${host}/root 1000`);
    expect(answer.code).toBe(0);
  });

  test('gives root by sudo, and by logging in as root', async () => {
    const program = `${conversation}\nread_parameters "$@"\nx id -u\n`;
    const asked = { parameters: parameters('web01'), program };
    expect((await converseWith(address('web01'), asked)).stdout.trim().split('\n').at(-1)).toBe('1000');
    expect((await converseWith(address('web01'), { ...asked, sudo: true })).stdout.trim().split('\n').at(-1)).toBe('0');
    expect((await converseWith(address('web01', 'root'), asked)).stdout.trim().split('\n').at(-1)).toBe('0');
  });

  test('keeps the exit status of the program', async () => {
    expect((await converseWith(address('db01'), { parameters: parameters('db01'), program: 'exit 7\n' })).code).toBe(7);
  });

  test('runs nothing that is no program of tsync', async () => {
    const marker = join(top, 'ran');
    const answer = await execOn(address('web01'), `touch ${marker}`, '');
    expect(answer).toMatchObject({ code: 126, stdout: '' });
    expect(answer.stderr).toContain('simulated');
    expect(existsSync(marker)).toBe(false);
  });

  test('runs nothing without its own folder as root and bin', async () => {
    const marker = join(top, 'ran');
    for (const wrong of [[], ['root=', 'bin='], parameters('db01'), [...parameters('web01'), 'root=']]) {
      const answer = await converseWith(address('web01'), { parameters: wrong, program: `touch ${marker}\n` });
      expect(answer.code).toBe(126);
      expect(answer.stderr).toMatch(/the parameter (root|bin) is/);
    }
    expect(existsSync(marker)).toBe(false);
  });

  test('lets nobody in with another key', async () => {
    const { privateKey } = await import('#demo/keys.js').then(({ keyAt }) => keyAt(join(top, 'stranger')));
    await expect(execOn({ ...address('web01'), privateKey }, conversationCommand(1), '\n')).rejects.toThrow(
      /authentication/,
    );
  });

  test('ends a program whose connection is gone, or when the demo closes', async () => {
    const program = `sh -c 'sleep 300; : ${top}/endless'\n`;
    const asked = { parameters: parameters('web01'), program };
    const left = converseWith(address('web01'), asked, 800);
    await expect.poll(() => processesOf(`${top}/endless`).length).toBeGreaterThan(0);
    await left;
    await expect.poll(() => processesOf(`${top}/endless`)).toEqual([]);
    const kept = converseWith(address('web01'), asked);
    await expect.poll(() => processesOf(`${top}/endless`).length).toBeGreaterThan(0);
    await demo.close();
    await kept;
    expect(processesOf(`${top}/endless`)).toEqual([]);
    demo = await startDemo({ folder, fresh: false });
  });
});

describe('faults', () => {
  test('nobody answers for the unreachable host', async () => {
    const refused = await new Promise((resolve) =>
      createConnection(ports().backup01 ?? 0, '127.0.0.1').on('error', resolve),
    );
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('sudo is refused where it is refused, as sudo says it', async () => {
    const asked = { parameters: parameters('hr01'), program: 'echo never\n' };
    const answer = await converseWith(address('hr01'), { ...asked, sudo: true });
    expect(answer).toMatchObject({ code: 1, stdout: '', stderr: 'sudo: a password is required\n' });
    const command = conversationCommand(asked.program.length);
    const withPassword = await execOn(address('hr01'), `sudo -S -p PROMPT ${command}`, 'secret\n');
    expect(withPassword.stderr).toBe('PROMPTops is not in the sudoers file.  This incident will be reported.\n');
  });

  test('the known key of one host is not the key it has', async () => {
    const known = readFileSync(demo.knownHostsFile, 'utf8');
    const key = (name: string) =>
      execFileSync('ssh-keygen', ['-y', '-f', join(folder, 'keys', name)], { encoding: 'utf8' }).split(' ')[1] ?? '?';
    expect(known).toContain(`[127.0.0.1]:${ports().web01} ssh-ed25519 ${key('web01')}`);
    expect(known).toContain(`[127.0.0.1]:${ports().ci01} ssh-ed25519 `);
    expect(known).not.toContain(key('ci01'));
  });

  test('the noisy host prints before every program, escape sequences and a false frame among it', async () => {
    const answer = await converseWith(address('dmz01'), { parameters: parameters('dmz01'), program: 'echo done\n' });
    expect(answer.stdout).toMatch(/^Welcome to dmz01.*\u001b\[2J.*@0000 ready 1\n\n@fedcba9876543210/s);
    expect(answer.stdout.endsWith('done\n')).toBe(true);
  });
});

describe('starting again', () => {
  test('keeps the hosts as they are, and their ports; fresh makes them new', async () => {
    const before = ports();
    const changed = join(demo.folders.get('web01') ?? '', 'root/etc/changed');
    writeFileSync(changed, 'x');
    await demo.close();
    demo = await startDemo({ folder, fresh: false });
    expect(existsSync(changed)).toBe(true);
    expect(ports()).toEqual(before);
    await demo.close();
    demo = await startDemo({ folder, fresh: true });
    expect(existsSync(changed)).toBe(false);
  });

  test('fires an armed guard when it closes, and leaves no process', async () => {
    const program = [
      conversation,
      'read_parameters "$@"',
      'x systemd-run --unit=tsync-guard-7 --on-active=3600 /bin/sh -c \'echo "$0" >"$1"\' fired "$root/fired"',
      '',
    ].join('\n');
    await converseWith(address('web01'), { parameters: parameters('web01'), program, sudo: true });
    const fired = join(demo.folders.get('web01') ?? '', 'root/fired');
    expect(processesOf(folder)).not.toEqual([]);
    expect(existsSync(fired)).toBe(false);
    await demo.close();
    expect(readFileSync(fired, 'utf8')).toBe('fired\n');
    expect(processesOf(folder)).toEqual([]);
    demo = await startDemo({ folder, fresh: false });
  });

  test('refuses a folder that holds something else, and removes nothing there', async () => {
    const other = join(top, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'letter.txt'), 'dear');
    for (const fresh of [true, false])
      await expect(startDemo({ folder: other, fresh })).rejects.toMatchObject({
        problem: { code: 'demo/folder' },
        exitCode: 64,
      });
    expect(readFileSync(join(other, 'letter.txt'), 'utf8')).toBe('dear');
    await expect(startDemo({ folder: join(top, 'with blank'), fresh: false })).rejects.toMatchObject({
      problem: { code: 'demo/folder' },
    });
    expect(existsSync(join(top, 'with blank'))).toBe(false);
  });
});
