import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerChannel } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '#conversation/frames.js';
import { measureClock } from '#conversation/measure-clock.js';
import { loadPrograms } from '#engine/programs.js';
import { HostTrouble } from '#errors/host-trouble.js';
import type { Problem } from '#errors/problem.js';
import { type Conversed, type ConverseOptions, converse, defaultClockAsking } from '#transport/converse.js';
import { PrivilegeGate } from '#transport/privilege-gate.js';
import { createSshTransport, defaultDeadlines } from '#transport/ssh-transport.js';
import { SHELLS } from '../shells.js';
import { hostAt, makeKey, type SshHost, type SshHostOptions, startSshHost } from './ssh-host.js';

const nonce = '00112233445566778899aabbccddeeff';
const token = 'ffeeddccbbaa99887766554433221100';
const marks = { token, nonce, prompt: '0'.repeat(32) };
const userKey = makeKey();
const { conversation: library } = loadPrograms().texts;
let folder: string;
let closers: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsync-converse-'));
  await writeFile(join(folder, 'key'), userKey.privateKey);
  closers = [];
});

afterEach(async () => {
  for (const close of closers.reverse()) await close();
  await rm(folder, { recursive: true });
});

interface Conversation {
  readonly conversed: Conversed;
  readonly frames: Frame[];
}

async function talk(
  host: SshHost,
  program: string,
  options: Partial<ConverseOptions> = {},
  frames: Frame[] = [],
): Promise<Conversation> {
  const transport = createSshTransport({
    home: folder,
    user: 'operator',
    agentSocket: null,
    knownHostsFiles: [],
    acceptNewHostKeys: false,
    askPassphrase: null,
    deadlines: defaultDeadlines,
  });
  const at = hostAt(host.port, {
    hostKeys: [`ssh-ed25519 ${host.hostKey.toString('base64')}`],
    privateKeyFiles: [join(folder, 'key')],
  });
  const connection = await transport.connect(at, { signal: new AbortController().signal, onRetry: () => {} });
  try {
    const conversed = await converse(connection, {
      host: 'web01',
      marks,
      kind: 'probe',
      program: new TextEncoder().encode(program),
      parameters: [],
      become: null,
      privilege: new PrivilegeGate(),
      deadlines: { readyMs: 2_000, silenceMs: 1_500, totalMs: 8_000 },
      maxBytes: 4 * 1024 * 1024,
      clock: null,
      monotonicMs: () => performance.now(),
      nowSeconds: () => Date.now() / 1000,
      onFrame: (frame) => frames.push(frame),
      ...options,
    });
    return { conversed, frames };
  } finally {
    connection.close();
  }
}

async function hostWith(options: SshHostOptions = {}): Promise<SshHost> {
  const host = await startSshHost({ userKey: userKey.publicBlob, ...options });
  closers.push(() => host.close());
  return host;
}

async function problemOf(action: Promise<unknown>): Promise<Problem> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HostTrouble)) throw new Error(`no trouble with the host, but ${String(error)}`);
  return error.problem;
}

/** A stand-in for sudo: a script of that name, first in PATH. */
async function sudoOf(script: string): Promise<string> {
  const path = join(folder, 'sudo');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return folder;
}

const types = (frames: readonly Frame[]) => frames.map((frame) => frame.type).join(' ');
const printing = `${library}
main() { read_parameters "$@"; frame values system ok "$root|$2"; done_frame; }
main "$@"
`;

describe('a conversation', () => {
  it('sends program and parameters and gives out the frames', async () => {
    const { conversed, frames } = await talk(await hostWith(), printing, { parameters: ['root=/a b', "bin=/it's"] });
    expect(conversed).toMatchObject({ end: 'done', exit: null, exchanges: [] });
    expect(types(frames)).toBe('ready section done');
    const section = frames[1]?.type === 'section' ? frames[1].section : null;
    expect(new TextDecoder().decode(section?.bytes)).toBe(`/a b|${library.length + printing.length - library.length}`);
  });

  it.each(Object.entries(SHELLS))('works with %s as the shell of the host', async (_name, shell) => {
    const bin = join(folder, 'sh');
    await writeFile(bin, `#!/bin/sh\nexec ${shell.join(' ')} "$@"\n`);
    await chmod(bin, 0o755);
    const { conversed, frames } = await talk(await hostWith({ path: folder }), measuring, {
      clock: defaultClockAsking,
    });
    expect(types(frames)).toMatch(/^ready clock( time)+ done$/);
    expect(conversed.exchanges.length).toBeGreaterThanOrEqual(3);
  });

  it('says that a program ended without its last frame', async () => {
    const { conversed } = await talk(await hostWith(), 'exit 7\n');
    expect(conversed).toMatchObject({ end: 'cut', exit: { code: 7 } });
  });

  it('says with what status a program ended too early, and what it printed', async () => {
    // As dash on Debian 12 below sudo's NOEXEC, which has no head then.
    const { conversed } = await talk(await hostWith(), 'echo "sh: 1: head: Permission denied" >&2; exit 126\n');
    expect(conversed.lastWords).toBe(
      'The command ended (status 126); the host printed: sh: 1: head: Permission denied',
    );
  });

  it('does nothing when the program was cut off on its way', async () => {
    const { conversed, frames } = await talk(await hostWith(), `f() { printf 'never'\n`);
    expect(conversed.end).toBe('cut');
    expect(types(frames)).toBe('ready');
  });

  it('is not confused by what a start file or a banner prints first', async () => {
    const noise = `printf '\\033[2J@${nonce} done\\nmotd without end'; `;
    const host = await hostWith({ onExec: (channel, command) => runSh(channel, noise + command) });
    expect(types((await talk(host, printing)).frames)).toBe('ready section done');
  });

  it('ends with what a listener throws', async () => {
    const onFrame = () => {
      throw new Error('a bug of ours');
    };
    await expect(talk(await hostWith(), printing, { onFrame })).rejects.toThrow('a bug of ours');
  });
});

const measuring = `${library}
main() { read_parameters "$@"; clock_exchanges; done_frame; }
main "$@"
`;

const verifying = `${library}
main() {
  read_parameters "$@"
  idle
  while IFS= read -r request; do
    case $request in
      clock) clock_exchanges; idle ;;
      bye) break ;;
      *) frame values system ok "$request"; idle ;;
    esac
  done
  done_frame
}
main "$@"
`;

describe('measuring the clock of a host', () => {
  it('exchanges readings inside the conversation, here with our own clock', async () => {
    const { conversed } = await talk(await hostWith(), measuring, { clock: defaultClockAsking });
    expect(conversed.end).toBe('done');
    const measured = measureClock(conversed.exchanges, conversed.resolutionSeconds ?? 0);
    expect(measured?.exchanges).toBeGreaterThanOrEqual(3);
    expect(Math.abs(measured!.offsetSeconds)).toBeLessThanOrEqual(measured!.boundSeconds + 0.002);
    expect(measured!.boundSeconds).toBeLessThan(0.1);
  });

  it('still measures when the host was slow to start and all early requests waited', async () => {
    const host = await hostWith({ onExec: (channel, command) => runSh(channel, `sleep 0.7; ${command}`) });
    const { conversed } = await talk(host, measuring, { clock: defaultClockAsking });
    expect(measureClock(conversed.exchanges, 1e-9)?.boundSeconds).toBeLessThan(0.1);
  });

  it('goes on when every request before the program was swallowed', async () => {
    const swallowing = measuring.replace('clock_exchanges;', 'timeout 0.2 cat >/dev/null; clock_exchanges;');
    const { conversed } = await talk(await hostWith(), swallowing, { clock: defaultClockAsking });
    expect(conversed.exchanges.length).toBeGreaterThanOrEqual(3);
  });

  it('can be asked for again in the middle, with requests before and after', async () => {
    const rounds: number[] = [];
    const frames: Frame[] = [];
    let idles = 0;
    const { conversed } = await talk(await hostWith(), verifying, {
      onFrame: (frame, control) => {
        frames.push(frame);
        if (frame.type !== 'idle') return;
        idles += 1;
        if (idles === 1) {
          void control.measureClock().then(({ exchanges }) => rounds.push(exchanges.length));
        } else control.send(idles === 2 ? 'probe' : 'bye');
      },
    });
    expect(conversed.end).toBe('done');
    expect(rounds[0]).toBeGreaterThanOrEqual(3);
    expect(types(frames)).toMatch(/^ready idle clock( time)+ idle section idle done$/);
  });

  it('does not count silence against a host that waits for us', async () => {
    const { conversed } = await talk(await hostWith(), verifying, {
      deadlines: { readyMs: 2_000, silenceMs: 200, totalMs: 5_000 },
      onFrame: (frame, control) => {
        if (frame.type === 'idle') setTimeout(() => control.send('bye'), 600);
      },
    });
    expect(conversed.end).toBe('done');
  });
});

describe('a host that does not play along', () => {
  const short = { readyMs: 400, silenceMs: 400, totalMs: 1_200 };

  it.each([
    ['no shell answers', 'This account is currently not available.\r\n', 'transport/no-shell'],
    ['nothing is printed', '', 'transport/no-shell'],
    ['the shell is there and then silent', `\n@${token} ready 2\n`, 'transport/silent'],
  ])('%s', async (_title, text, code) => {
    const host = await hostWith({ onExec: (channel) => channel.write(text) });
    const trouble = await problemOf(talk(host, printing, { deadlines: short }));
    expect(trouble.code).toBe(code);
    expect(trouble.detail).toContain('0.4 s');
  });

  it('the login shell refuses: what it printed is shown, made harmless', async () => {
    const refuse = (channel: ServerChannel) => {
      channel.stderr.write('\u001b]0;owned\u0007This account is not available\n');
      channel.exit(1);
      channel.end();
    };
    const trouble = await problemOf(talk(await hostWith({ onExec: refuse }), printing));
    expect(trouble.code).toBe('transport/no-shell');
    expect(trouble.detail).toContain('\\x1b]0;owned\\x07This account is not available');
    expect(trouble.detail).toContain('status 1');
  });

  it('wants another password first: that is told from a shell that refuses', async () => {
    // sshd of Debian 12 (OpenSSH 9.2) after `chage -d 0`.
    const words = 'WARNING: Your password has expired.\nPassword change required but no TTY available.\n';
    const refuse = (channel: ServerChannel) => {
      channel.stderr.write(words);
      channel.exit(1);
      channel.end();
    };
    for (const become of [null, { user: 'root', password: null }]) {
      const trouble = await problemOf(talk(await hostWith({ onExec: refuse }), printing, { become }));
      expect(trouble.code).toBe('transport/password-expired');
      expect(trouble.detail).toContain('expired. / Password change required but no TTY available.');
    }
  });

  it.each([
    ['a line', 'read -r line'],
    ['a few bytes', 'head -c 50 >/dev/null'],
    ['lines until an empty one', 'while read -r line && [ -n "$line" ]; do :; done'],
  ])('reads %s of what was meant for tsync: nothing of the rest is run', async (_title, eats) => {
    const host = await hostWith({ onExec: (channel, command) => runSh(channel, `${eats}; ${command}`) });
    const program = `root=none\n\nprintf '@${nonce} step ran done\\n'\n${printing}`;
    const frames: Frame[] = [];
    const trouble = await problemOf(talk(host, program, { parameters: ['root=/x'] }, frames));
    expect(trouble.code).toBe('transport/input-taken');
    expect(types(frames)).toBe('ready');
  });

  it('is silent after something was printed: it is shown', async () => {
    const onExec = (channel: ServerChannel) => {
      channel.write(`\n@${token} ready 2\n`);
      channel.stderr.write('sh: 0: Cannot fork\n');
    };
    const trouble = await problemOf(talk(await hostWith({ onExec }), printing, { deadlines: short }));
    expect(trouble.code).toBe('transport/silent');
    expect(trouble.detail).toContain(
      'for the first output of the program on web01; the host printed: sh: 0: Cannot fork',
    );
  });

  it.each([
    ['before the shell is ready', ''],
    ['after the shell is ready', `\n@${token} ready 2\n`],
    ['after a section', `\n@${token} ready 2\n@${nonce} section command uid ok 3 exit=0\n100\n`],
  ])('prints without end %s', async (_title, first) => {
    const onExec = (channel: ServerChannel) => {
      channel.write(first);
      const more = () => {
        while (channel.writable && channel.write(Buffer.alloc(32_768, 'y\n')));
        if (channel.writable) channel.once('drain', more);
      };
      more();
    };
    const trouble = await problemOf(talk(await hostWith({ onExec }), printing, { maxBytes: 500_000 }));
    expect(trouble.code).toBe('transport/too-much-output');
  });

  it.each([
    ['a section twice', 'section values system ok 1\na\n', 'section values system ok 1\nb\n'],
    ['a section that nobody asked for', 'section values preview:all ok 1\na\n', 'done\n'],
    ['a frame that is none', 'begin values system\n', 'done\n'],
    ['another transaction after its end', 'done\n', 'step transaction confirmed\n'],
  ])('prints %s: nothing of it is believed', async (_title, ...lines) => {
    const onExec = (channel: ServerChannel) => {
      channel.write(`\n@${token} ready 2\n${lines.map((line) => `@${nonce} ${line}`).join('')}`);
    };
    const trouble = await problemOf(talk(await hostWith({ onExec }), printing, { clock: defaultClockAsking }));
    expect(trouble.code).toBe('transport/forged');
  });

  it('gives others on the host nothing to speak with: the command holds no nonce, and sudo asks with a word of its own', async () => {
    const host = await hostWith({ path: await sudoOf('while [ "$1" != -- ]; do shift; done; shift; exec "$@"') });
    await talk(host, printing, { become: { user: 'root', password: 'right' } });
    expect(host.commands[0]).toContain(`tsync ${token} `);
    expect(host.commands[0]).toContain(`-p tsync-${marks.prompt}-password:`);
    expect(host.commands[0]).not.toContain(nonce);
  });

  it('prints a little for ever: the whole has a deadline', async () => {
    const program = `${library}
main() { read_parameters "$@"; while :; do idle; sleep 0.1; done; }
main "$@"
`;
    const trouble = await problemOf(talk(await hostWith(), program, { deadlines: short }));
    expect(trouble.code).toBe('transport/silent');
    expect(trouble.detail).toContain('1.2 s for the end of the program');
  });

  it('breaks off in the middle: the connection is named, not the program', async () => {
    const host = await hostWith({
      onExec: (channel, _command, connection) => {
        channel.write(`\n@${token} ready 2\n@${nonce} section file /x ok 50\n`);
        setTimeout(() => connection.end(), 30);
      },
    });
    expect((await problemOf(talk(host, printing))).code).toBe('transport/connection-lost');
  });
});

describe('becoming root with sudo', () => {
  const root = { user: 'root', password: null };
  const withPassword = { user: 'root', password: 'right' };
  /** Behaves as sudo 1.9 does with -S: prompt on standard error, three attempts, then its words. */
  const asking = `
while [ "$1" != -- ]; do [ "$1" = -p ] && prompt=$2; shift; done; shift
echo 'We trust you have received the usual lecture from the local System' >&2
for i in 1 2 3; do
  printf '%s' "$prompt" >&2
  IFS= read -r password || { echo; echo 'sudo: no password was provided' >&2; exit 1; }
  echo "$password" >>"\${0%/*}/tried"
  [ "$password" = right ] && exec "$@"
  echo 'Sorry, try again.' >&2
done
echo 'sudo: 3 incorrect password attempts' >&2
exit 1`;
  /** A sudo that takes no password at all. */
  const askTwice = (channel: ServerChannel, command: string) => {
    const prompt = / -p '?([^ ']+)'?/.exec(command)?.[1] ?? '';
    channel.stderr.write(prompt);
    channel.on('data', () => channel.stderr.write(prompt));
  };
  const tried = () => readFile(join(folder, 'tried'), 'utf8').catch(() => '');

  it('sends the program at once where no password is needed', async () => {
    const path = await sudoOf('shift 4; exec "$@"');
    const host = await hostWith({ path });
    expect(types((await talk(host, printing, { become: root })).frames)).toBe('ready section done');
    expect(host.commands[0]).toMatch(/^env LC_ALL=C LANGUAGE=C sudo -n -u root -- sh -c '/);
  });

  it('gives the password at the prompt and the program after READY', async () => {
    const host = await hostWith({ path: await sudoOf(asking) });
    expect(types((await talk(host, printing, { become: withPassword })).frames)).toBe('ready section done');
    expect(await tried()).toBe('right\n');
  });

  it('gives no password where sudo asks for none', async () => {
    const host = await hostWith({ path: await sudoOf('while [ "$1" != -- ]; do shift; done; shift; exec "$@"') });
    expect(types((await talk(host, printing, { become: withPassword })).frames)).toBe('ready section done');
  });

  it('stops at the second prompt: a wrong password is tried once', async () => {
    const host = await hostWith({ path: await sudoOf(asking) });
    const trouble = await problemOf(talk(host, printing, { become: { user: 'root', password: 'wrong' } }));
    expect(trouble.code).toBe('privilege/wrong-password');
    expect(await tried()).toBe('wrong\n');
  });

  it('tries a wrong password on one host of the fleet only', async () => {
    const path = await sudoOf(asking);
    const hosts = await Promise.all([1, 2, 3, 4].map(() => hostWith({ path })));
    const privilege = new PrivilegeGate();
    const become = { user: 'root', password: 'wrong' };
    const troubles = await Promise.all(
      hosts.map((host, place) => problemOf(talk(host, printing, { become, privilege, host: `web${place}` }))),
    );
    expect(await tried()).toBe('wrong\n');
    // A sudo that is left without a password counts as a wrong one.
    expect(hosts.flatMap(({ commands }) => commands)).toHaveLength(1);
    expect(troubles.map(({ code }) => code).sort()).toEqual([
      'privilege/not-tried',
      'privilege/not-tried',
      'privilege/not-tried',
      'privilege/wrong-password',
    ]);
  });

  it('goes on with the others when a host refuses what was accepted before, and proves what was changed', async () => {
    const path = await sudoOf(asking);
    const [first, odd, third] = await Promise.all([
      hostWith({ path }),
      hostWith({ path: '/nowhere', onExec: askTwice }),
      hostWith({ path }),
    ]);
    const privilege = new PrivilegeGate();
    const as = (host: string) => ({ become: withPassword, privilege, host });
    await talk(first, printing, as('first'));
    expect((await problemOf(talk(odd, printing, as('odd')))).code).toBe('privilege/wrong-password');
    expect((await problemOf(talk(odd, printing, as('odd')))).code).toBe('privilege/not-tried');
    expect(odd.commands).toHaveLength(1);
    for (const [host, name] of [
      [third, 'third'],
      [first, 'first'],
    ] as const)
      expect(types((await talk(host, printing, as(name))).frames)).toBe('ready section done');
  });

  it('goes on with all hosts once the first has accepted the password', async () => {
    const path = await sudoOf(asking);
    const hosts = await Promise.all([1, 2, 3].map(() => hostWith({ path })));
    const privilege = new PrivilegeGate();
    const talks = await Promise.all(hosts.map((host) => talk(host, printing, { become: withPassword, privilege })));
    expect(talks.map(({ conversed }) => conversed.end)).toEqual(['done', 'done', 'done']);
  });

  it.each([
    ['sudo: a password is required', 'privilege/password-needed'],
    ['sudo: sorry, you must have a tty to run sudo', 'privilege/requiretty'],
    ['ops is not in the sudoers file.', 'privilege/not-in-sudoers'],
    ["Sorry, user ops is not allowed to execute '/usr/bin/sh' as root on web01.", 'privilege/not-in-sudoers'],
    ['Sorry, user ops may not run sudo on web01.', 'privilege/not-in-sudoers'],
    ['sudo: unknown user root', 'privilege/unknown-user'],
    ['sudo: account validation failure, is your account locked?', 'privilege/account'],
    ['sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set', 'privilege/failed'],
  ])('explains "%s"', async (words, code) => {
    const host = await hostWith({ path: await sudoOf(`echo "${words}" >&2; exit 1`) });
    const trouble = await problemOf(talk(host, printing, { become: root }));
    expect(trouble.code).toBe(code);
    expect(trouble.detail).toContain(words);
  });

  it.each([
    ['nothing', ''],
    ['a refusal', 'This account is currently not available.'],
    ['what no shell finds', 'bash: line 1: env: command not found'],
  ])('does not blame sudo for a login shell that ended before it with %s', async (_title, words) => {
    const onExec = (channel: ServerChannel) => {
      channel.write(words);
      channel.exit(1);
      channel.end();
    };
    for (const become of [root, withPassword]) {
      const trouble = await problemOf(talk(await hostWith({ onExec }), printing, { become }));
      expect(trouble.code).toBe('transport/no-shell');
      expect(trouble.detail).toContain(words);
    }
  });

  it('says that there is no sudo', async () => {
    const onExec = (channel: ServerChannel, command: string) => runSh(channel, command.replace('sudo', 'no-sudo-here'));
    const host = await hostWith({
      onExec: (channel, command) => {
        channel.stderr.write(`env: 'sudo': No such file or directory\n`);
        channel.exit(127);
        channel.end();
        expect(command).toContain('sudo');
      },
    });
    expect((await problemOf(talk(host, printing, { become: root }))).code).toBe('privilege/no-sudo');
    const real = await hostWith({ onExec });
    expect((await problemOf(talk(real, printing, { become: root }))).detail).toContain('no-sudo-here');
  });

  it('does not wait for ever for a sudo that says nothing', async () => {
    const host = await hostWith({ path: await sudoOf('sleep 30') });
    const deadlines = { readyMs: 300, silenceMs: 300, totalMs: 2_000 };
    for (const become of [root, withPassword]) {
      expect((await problemOf(talk(host, printing, { become, deadlines }))).code).toBe('privilege/timeout');
    }
  });
});

function runSh(channel: ServerChannel, command: string): void {
  void import('node:child_process').then(({ spawn }) => {
    const child = spawn('sh', ['-c', command]);
    channel.pipe(child.stdin);
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk) => channel.writable && channel.write(chunk));
    child.stderr.on('data', (chunk) => channel.writable && channel.stderr.write(chunk));
    child.on('close', (code) => {
      channel.exit(code ?? 255);
      channel.end();
    });
  });
}
