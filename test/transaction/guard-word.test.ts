import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { FrameReader } from '#conversation/frame-reader.js';
import { knownSections } from '#conversation/known-sections.js';
import { loadPrograms } from '#engine/programs.js';
import { indexSections } from '#facts/sections.js';
import { transactionsFact } from '#facts/transactions.js';
import { applyProgram } from '#transaction/apply-program.js';
import { SH, SHELLS } from '../shells.js';
import { action, change, META, planOf } from './every-kind.js';
import { FakeHost, fileState, MARKS, type Ran, TEXTS } from './fake-host.js';

// The guard's word holds: what is open stays known as open, an older guard undoes nothing that was confirmed later, a full disk takes
// no state, and what somebody else wrote is kept and named. test/lab/proof shows the same on real hosts.

const ID = META.transaction;
const LATER = 'run2.web-1';
const { settle } = loadPrograms();
const added = planOf([change('file', '/etc/site.conf', null, fileState('first\n'))]);
const program = applyProgram(TEXTS, added, META);
/** Nothing can be written any more, as on a full disk; links and renames need no room. */
const FULL = 'ulimit -f 0; trap "" XFSZ;';

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
  host.write('etc/hostname', 'web-1\n');
});
afterEach(() => host.remove());

const tx = (name: string, id = ID) => host.path(`var/lib/tsync/tx/${id}/${name}`);
const site = () => (existsSync(host.path('etc/site.conf')) ? readFileSync(host.path('etc/site.conf'), 'utf8') : null);
const ask = (...requests: string[]) => host.run(SH, settle, { requests });
const later = (before: string | null, after: string) =>
  applyProgram(
    TEXTS,
    planOf([change('file', '/etc/site.conf', before === null ? null : fileState(before), fileState(after))]),
    { ...META, transaction: LATER, run: 'run2' },
  );

function listed({ output }: Ran) {
  const frames = new FrameReader(MARKS, knownSections('settle')).push(new Uint8Array(Buffer.from(output, 'latin1')));
  return transactionsFact(indexSections(collectSnapshot([...frames, { type: 'done' }], null))).value ?? [];
}

describe.each(Object.entries(SHELLS))('under %s', (_name, shell) => {
  it.each([
    ['is gone', () => rmSync(tx('state'))],
    ['is empty', () => writeFileSync(tx('state'), '')],
    ['says what no tsync says', () => writeFileSync(tx('state'), 'appl\n')],
  ])('holds a transaction for open whose state %s: for who looks, and for who begins', (_what, lose) => {
    host.run(shell, program);
    lose();
    expect(host.run(shell, later('first\n', 'second\n')).steps[0]).toMatch(new RegExp(`^lock held:.*,${ID}$`));
    const [seen] = listed(host.run(shell, settle, { requests: ['list', 'bye'] }));
    expect(seen).toMatchObject({ id: ID, guard: { state: 'armed' } });
    expect(['lost', 'appl']).toContain(seen?.state);
  });

  it('gives a verdict, and takes back, on a disk that took its last byte when the guard was armed', () => {
    host.run(shell, program);
    expect(host.run(shell, settle, { requests: [`confirm ${ID}`], before: FULL }).steps).toEqual(['confirm confirmed']);
    expect(host.transactionState(ID)).toBe('confirmed');
    const second = { ...META, transaction: LATER };
    host.run(
      shell,
      applyProgram(TEXTS, planOf([change('file', '/etc/site.conf', fileState('first\n'), null)]), second),
    );
    host.remove();
    host = new FakeHost();
    host.write('etc/hostname', 'web-1\n');
    host.run(shell, program);
    expect(host.undo(shell, ID, 'guard', { before: FULL }).steps.at(-1)).toBe('transaction reverted');
    expect(host.transactionState(ID)).toBe('reverted');
    expect(site()).toBeNull();
    expect(host.armedGuards()).toEqual([]);
  });

  it('restores nothing over a later transaction that was confirmed, and says so', () => {
    host.run(shell, program);
    writeFileSync(tx('state'), 'reverted\n');
    host.run(shell, later('first\n', 'second\n'));
    host.run(shell, settle, { requests: [`confirm ${LATER}`] });
    writeFileSync(tx('state'), 'applied\n');
    expect(host.undo(shell, ID).steps.at(-1)).toBe(
      `transaction failed:superseded by ${LATER} (confirmed): nothing was restored`,
    );
    expect(site()).toBe('second\n');
    expect(host.transactionState(ID)).toBe('failed');
    expect(host.transactionState(LATER)).toBe('confirmed');
  });

  it('names what somebody else wrote in every place where one may look, and does not clean it away', () => {
    host.run(shell, program);
    host.write('etc/site.conf', 'first\nby hand\n');
    const copy = `/var/lib/tsync/tx/${ID}/backup/1.found`;
    const ran = host.undo(shell, ID);
    expect(ran.steps).toEqual([
      `found-kept:/etc/site.conf ${copy}`,
      'file:/etc/site.conf restored',
      'transaction reverted',
    ]);
    expect(readFileSync(host.path(copy), 'utf8')).toBe('first\nby hand\n');
    expect(host.journal(ID)).toContain(`found-kept:/etc/site.conf ${copy}`);
    expect(readFileSync(join(host.folder, 'logger.log'), 'utf8')).toContain('found-kept: somebody else wrote');
    const asked = host.run(shell, settle, { requests: [`state ${ID}`, `clean ${ID}`, 'list', 'bye'] });
    expect(asked.steps).toEqual([`found-kept:/etc/site.conf ${copy}`, 'state reverted', 'clean refused:found']);
    expect(listed(asked)[0]?.found).toEqual([`${copy} /etc/site.conf`]);
    expect(host.run(shell, settle, { requests: [`clean ${ID} found`] }).steps).toEqual(['clean cleaned']);
  });

  it('takes back at a soft reboot, which keeps the id of the boot and /run, and not while systemd does not answer', () => {
    host.run(shell, program);
    writeFileSync(join(host.folder, 'user-space'), '');
    expect(host.undo(shell, ID, 'boot').steps).toEqual([]);
    writeFileSync(join(host.folder, 'user-space'), '77400000\n');
    expect(host.undo(shell, ID, 'boot').steps.at(-1)).toBe('transaction reverted');
    expect(site()).toBeNull();
  });
});

describe('a state that cannot be written', () => {
  it('leaves the old one as it was, and nothing armed that could come back later', () => {
    host.run(SH, program);
    rmSync(tx('words'), { recursive: true });
    expect(host.undo(SH, ID, 'guard', { before: FULL }).steps.at(-1)).toBe(
      'transaction failed:taken back, but the state could not be written',
    );
    expect(host.transactionState(ID)).toBe('applied');
    expect(host.armedGuards()).toEqual([]);
    expect(existsSync(host.path(`etc/systemd/system/tsync-boot-${ID}.service`))).toBe(false);
    expect(host.run(SH, later(null, 'second\n')).steps[0]).toMatch(/^lock held:/);
    expect(ask(`revert ${ID}`).steps.at(-1)).toBe('revert reverted');
  });

  it('is no trouble where no link can be made: the word itself goes', () => {
    host.run(SH, program);
    const path = join(host.folder, 'without-links');
    mkdirSync(path);
    writeFileSync(join(path, 'ln'), '#!/bin/sh\ncase $1 in -s) exec /bin/ln "$@" ;; esac\nexit 1\n', { mode: 0o755 });
    expect(host.run(SH, settle, { requests: [`confirm ${ID}`], path }).steps).toEqual(['confirm confirmed']);
    expect(host.transactionState(ID)).toBe('confirmed');
  });
});

describe('an older guard', () => {
  /** The first transaction, open by damage, and a later one over it, confirmed. */
  function damaged(): void {
    host.run(SH, program);
    writeFileSync(tx('state'), 'reverted\n');
    host.run(SH, later('first\n', 'second\n'));
    ask(`confirm ${LATER}`);
    rmSync(tx('state'));
  }

  it.each([
    ['at a boot', () => host.undo(SH, ID, 'boot')],
    ['when the next run takes back what was abandoned', () => ask(`revert ${ID}`)],
  ])('restores nothing over what was confirmed later: %s', (_when, undo) => {
    damaged();
    rmSync(host.path('run'), { recursive: true, force: true });
    undo();
    expect(site()).toBe('second\n');
    expect(host.transactionState(ID)).toBe('failed');
  });

  it('is settled by confirming it, and by nothing else but a person on the host', () => {
    damaged();
    host.undo(SH, ID);
    expect(ask(`clean ${ID}`, `extend ${ID} 60`, `confirm ${ID}`, `state ${ID}`).steps).toEqual([
      'clean refused:failed',
      'extend refused:failed',
      'confirm confirmed',
      'state confirmed',
    ]);
    rmSync(tx('state'));
    expect(host.undo(SH, ID, 'now').steps.at(-1)).toBe('transaction reverted');
    expect(site()).toBeNull();
  });

  it('knows a later transaction of an older tsync by its name and its time', () => {
    damaged();
    rmSync(tx('earlier', LATER));
    spawnSync('touch', ['-d', '1 minute ago', tx('program.sh')]);
    host.undo(SH, ID);
    expect(site()).toBe('second\n');
  });

  it('restores where the later one was taken back, or changed something else', () => {
    host.run(SH, program);
    writeFileSync(tx('state'), 'reverted\n');
    host.run(SH, later('first\n', 'second\n'));
    host.undo(SH, LATER);
    const other = planOf([change('file', '/etc/other.conf', null, fileState('x\n'))]);
    host.run(SH, applyProgram(TEXTS, other, { ...META, transaction: 'run3.web-1' }));
    ask('confirm run3.web-1');
    writeFileSync(tx('state'), 'applied\n');
    expect(host.undo(SH, ID).steps.at(-1)).toBe('transaction reverted');
    expect(site()).toBeNull();
  });

  it('counts what restarted the same daemon as made over it', () => {
    host.start('chrony.service');
    const restart = [action('restart', 'chrony.service')];
    host.run(SH, applyProgram(TEXTS, planOf(added.changes, restart), META));
    writeFileSync(tx('state'), 'reverted\n');
    const other = planOf([change('file', '/etc/other.conf', null, fileState('x\n'))], restart);
    host.run(SH, applyProgram(TEXTS, other, { ...META, transaction: LATER }));
    ask(`confirm ${LATER}`);
    writeFileSync(tx('state'), 'applied\n');
    host.undo(SH, ID);
    expect(site()).toBe('first\n');
  });
});

it('arms timers that isolating another target leaves alone, and plain ones where systemd is too old for that', () => {
  host.run(SH, program);
  const options = readFileSync(join(host.folder, `tsync-guard-${ID}.options`), 'utf8').split('\n');
  for (const option of ['--timer-property', '--property'])
    expect(options).toEqual(
      expect.arrayContaining([`${option}=IgnoreOnIsolate=yes`, `${option}=DefaultDependencies=no`]),
    );
  host.undo(SH, ID);
  writeFileSync(join(host.folder, 'old-systemd-run'), '');
  expect(host.run(SH, later(null, 'x\n')).steps.at(-1)).toBe('transaction applied');
  expect(host.armedGuards()).toHaveLength(2);
});

describe('file systems that a boot empties', () => {
  const [TMPFS, RAMFS, EXT4] = ['1021994', '858458f6', 'ef53'];

  /** A stat that tells a type for each path of the host: the last that fits. */
  function types(...rules: readonly (readonly [string, string])[]): string {
    const path = join(host.folder, 'types');
    mkdirSync(path);
    const cases = rules.map(([glob, type]) => `case $4 in ${host.root}${glob}) t=${type} ;; esac`);
    const text = `#!/bin/sh\nif [ "$1" = -f ]; then t=${EXT4}\n${cases.join('\n')}\necho $t\nexit; fi\nexec /usr/bin/stat "$@"\n`;
    writeFileSync(join(path, 'stat'), text, { mode: 0o755 });
    return path;
  }

  it.each([
    ['the record in a tmpfs', [['/var*', TMPFS]], 'a boot empties /var/lib/tsync, and keeps /etc'],
    ['the record in a ramfs', [['/var*', RAMFS]], 'a boot empties /var/lib/tsync, and keeps /etc'],
    ['/etc in a tmpfs', [['/etc*', TMPFS]], 'a boot empties /etc, and keeps /var/lib/tsync'],
    ['a target in a tmpfs', [['/etc/chrony*', TMPFS]], 'a boot empties /etc/chrony/x.conf, and keeps /var/lib/tsync'],
    [
      'all but a target in a tmpfs',
      [
        ['*', TMPFS],
        ['/etc/chrony*', EXT4],
      ],
      'a boot empties /var/lib/tsync, and keeps /etc/chrony/x.conf',
    ],
  ] as const)('touches nothing where changes and record do not last alike: %s', (_what, rules, said) => {
    host.write('etc/chrony/old', '');
    host.write('var/lib/old', '');
    const path = types(...rules);
    const before = host.state();
    const plan = planOf([change('file', '/etc/chrony/x.conf', null, fileState('x\n'))]);
    expect(host.run(SH, applyProgram(TEXTS, plan, META), { path }).steps).toEqual([
      `prepare volatile:${said}`,
      'transaction untouched',
    ]);
    expect(host.state()).toBe(before);
    expect(existsSync(host.path('var/lib/tsync'))).toBe(false);
  });

  it('goes on where all goes with a boot: that takes everything back', () => {
    const path = types(['*', TMPFS]);
    expect(host.run(SH, program, { path }).steps.at(-1)).toBe('transaction applied');
  });

  // mounting needs root
  it.runIf(process.getuid?.() === 0).each(Object.keys(SHELLS))(
    'sees through an overlay that keeps its changes in memory, under %s',
    (name) => {
      const memory = join(host.folder, 'memory');
      mkdirSync(memory);
      mkdirSync(host.path('var/lib'), { recursive: true });
      spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', memory]);
      for (const folder of ['upper', 'work']) mkdirSync(join(memory, folder));
      const options = `lowerdir=${host.path('var/lib')},upperdir=${memory}/upper,workdir=${memory}/work`;
      spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, host.path('var/lib')]);
      try {
        expect(host.run(SHELLS[name] ?? SH, program).steps[0]).toBe(
          'prepare volatile:a boot empties /var/lib/tsync, and keeps /etc',
        );
      } finally {
        spawnSync('umount', [host.path('var/lib')]);
        spawnSync('umount', [memory]);
      }
    },
  );
});

describe('what somebody else wrote', () => {
  it('is kept of a file that was there before, and of one that a link leads to', () => {
    host.write('etc/real.conf', 'old\n');
    symlinkSync('real.conf', host.path('etc/link.conf'));
    const plan = planOf([change('file', '/etc/link.conf', fileState('old\n'), fileState('new\n'))]);
    host.run(SH, applyProgram(TEXTS, plan, META));
    host.write('etc/real.conf', 'new\nby hand\n');
    expect(host.undo(SH, ID).steps[0]).toBe(`found-kept:/etc/link.conf /var/lib/tsync/tx/${ID}/backup/1.found`);
    expect(readFileSync(host.path('etc/real.conf'), 'utf8')).toBe('old\n');
  });

  it('is kept twice where it was written twice, and once where the undo was run again', () => {
    host.run(SH, program);
    for (const text of ['one\n', 'one\n', 'two\n']) {
      host.write('etc/site.conf', text);
      writeFileSync(tx('state'), 'applied\n');
      host.undo(SH, ID);
    }
    const kept = readdirSync(tx('backup')).map((name) => readFileSync(tx(`backup/${name}`), 'utf8'));
    expect(kept.sort()).toEqual(['one\n', 'two\n']);
    expect(readFileSync(tx('found'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('is kept as another name of the file where there is no space for a copy', () => {
    host.run(SH, program);
    host.write('etc/site.conf', 'by hand\n');
    host.undo(SH, ID, 'guard', { before: FULL });
    expect(readFileSync(tx('backup/1.found'), 'utf8')).toBe('by hand\n');
    expect(site()).toBeNull();
  });

  it('is told no more once somebody has merged it and removed the copy', () => {
    host.run(SH, program);
    host.write('etc/site.conf', 'by hand\n');
    host.undo(SH, ID);
    rmSync(tx('backup/1.found'));
    expect(ask(`state ${ID}`, `clean ${ID}`).steps).toEqual(['state reverted', 'clean cleaned']);
  });

  it('outlasts ten later transactions', () => {
    host.run(SH, program);
    host.write('etc/site.conf', 'by hand\n');
    host.undo(SH, ID);
    for (let number = 10; number < 22; number++) {
      mkdirSync(tx('', `x${number}`), { recursive: true });
      writeFileSync(tx('state', `x${number}`), 'confirmed\n');
    }
    host.run(SH, applyProgram(TEXTS, added, { ...META, transaction: 'zz.web-1' }));
    const left = readdirSync(host.path('var/lib/tsync/tx'));
    expect(left).toContain(ID);
    expect(left.filter((name) => name.startsWith('x'))).toHaveLength(10);
  });
});

// another user's process needs root to make
it.runIf(process.getuid?.() === 0)(
  'ends what bears its mark and is its own user, and nobody else who wears it',
  async () => {
    host.run(SH, program);
    const env = { ...process.env, TSYNC_TRANSACTION: `${host.path(`var/lib/tsync/tx/${ID}`)}:` };
    const own = spawn('sleep', ['60'], { env, detached: true });
    const strangers = [
      spawn('setpriv', ['--reuid=54321', '--regid=54321', '--clear-groups', 'sleep', '60'], { env, detached: true }),
      spawn('setpriv', ['--ruid=54321', 'sleep', '60'], { env, detached: true }),
    ];
    await new Promise((resolve) => setTimeout(resolve, 500));
    host.undo(SH, ID);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([own.signalCode, ...strangers.map(({ signalCode }) => signalCode)]).toEqual(['SIGKILL', null, null]);
    for (const stranger of strangers) stranger.kill('SIGKILL');
  },
);
