/**
 * Shows the screen on a made-up run, to look at it: `test/tui/drive.sh [HOSTS]`. Nothing is contacted and nothing changed.
 * FRAMES=FILE counts the bytes of each write to the terminal.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBody } from '#run/event.js';
import type { RunState } from '#run/run-state.js';
import type { ReviewSession } from '#tui/review-session.js';
import {
  assessed,
  FLEET,
  finished,
  fold,
  type MadeHost,
  manyHosts,
  RUN,
  runStarted,
  trouble,
  UNREAD,
} from './made-fleet.js';

class MadeRun implements ReviewSession {
  private current: RunState;
  private readonly listeners = new Set<() => void>();
  private readonly answer = Promise.withResolvers<ReadonlySet<string>>();
  private readonly hosts: readonly MadeHost[];
  private readonly stepMs: number;

  constructor(hosts: readonly MadeHost[], stepMs: number) {
    this.hosts = hosts;
    this.stepMs = stepMs;
    this.current = fold([runStarted(hosts)], null, Date.now());
  }

  state = (): RunState => this.current;
  guardSeconds = (): number => 240;
  approve = (hosts: ReadonlySet<string>): void => this.answer.resolve(hosts);
  pause = (): void => this.emit({ type: 'run-paused' });
  goOn = (): void => this.emit({ type: 'run-resumed' });
  extend = (): void => {};
  interrupt = (): void =>
    this.emit({ type: 'run-interrupted', how: this.current.interrupted === null ? 'finish' : 'leave' });
  nextCommands = (): readonly string[] =>
    this.current.finishedAt === null ? [] : [`tsync show ${RUN}`, `tsync rollback ${RUN}`];
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async go(): Promise<void> {
    for (const [name, outcome, detail, code] of UNREAD) {
      this.emit({ type: 'host-connecting', host: name }, finished(name, outcome, trouble(detail, code)));
    }
    await this.inTurn(this.hosts, async (host) => this.read(host));
    const approved = await this.answer.promise;
    for (const { name, changes } of this.hosts) {
      if (changes !== 'none' && !approved.has(name)) this.emit(finished(name, 'declined'));
      if (approved.has(name)) this.emit({ type: 'host-approved', host: name, planDigest: '', by: 'the drive' });
    }
    await this.inTurn(
      this.hosts.filter(({ name }) => approved.has(name)),
      async (host) => this.change(host),
    );
    this.emit({ type: 'run-finished', exitCode: 0 });
  }

  private async read(host: MadeHost): Promise<void> {
    this.emit({ type: 'host-connecting', host: host.name });
    await sleep(this.stepMs);
    this.emit({ type: 'host-probing', host: host.name });
    await sleep(this.stepMs);
    this.emit(assessed(host), ...(host.changes === 'none' ? [finished(host.name, host.end)] : []));
  }

  private async change(host: MadeHost): Promise<void> {
    if (this.current.interrupted !== null) return this.emit(finished(host.name, 'skipped'));
    const on = { host: host.name, transaction: `tx-${host.name}` };
    this.emit({ type: 'apply-started', ...on, planDigest: '', guardSeconds: 240 });
    for (const step of ['backup', 'guard armed', 'file /etc/chrony/chrony.conf', 'restart chrony.service']) {
      this.emit({ type: 'apply-step', ...on, step, detail: 'done' });
      await sleep(this.stepMs);
    }
    this.emit({ type: 'host-applied', ...on });
    for (let attempt = 1; attempt <= 4; attempt++) {
      const clock = { offsetSeconds: 4e-5 / attempt, boundSeconds: 4e-4, exchanges: 4, resolutionSeconds: 1e-9 };
      this.emit({ type: 'verify-attempt', ...on, attempt, waitingFor: ['a selected source'], clock });
      await sleep(this.stepMs);
    }
    const good = host.end === 'changed';
    this.emit({
      type: 'verdict',
      ...on,
      verdict: good ? 'confirm' : 'revert',
      reason: good ? 'proved' : 'no source was selected within 90 s',
    });
    const detail = `${host.name} had no selected source within 90 s, and is as it was.`;
    this.emit(
      finished(host.name, host.end, good ? null : trouble(detail, 'transport/connection-lost'), good ? 'PHC0' : null),
    );
  }

  private async inTurn(hosts: readonly MadeHost[], work: (host: MadeHost) => Promise<void>): Promise<void> {
    const queue = [...hosts];
    const worker = async (): Promise<void> => {
      for (let host = queue.shift(); host !== undefined; host = queue.shift()) await work(host);
    };
    await Promise.all(Array.from({ length: hosts.length > 100 ? 200 : 3 }, worker));
  }

  private emit(...bodies: readonly EventBody[]): void {
    this.current = fold(bodies, this.current, Date.now());
    for (const listener of this.listeners) listener();
  }
}

const count = Number(process.argv[2] ?? FLEET.length);
const run = new MadeRun(count === FLEET.length ? FLEET : manyHosts(count), Number(process.env.STEP_MS ?? 400));
const { FRAMES } = process.env;
if (FRAMES !== undefined) {
  const write = process.stdout.write.bind(process.stdout) as (text: string) => boolean;
  process.stdout.write = ((text: string) => {
    appendFileSync(FRAMES, `${performance.now().toFixed(1)} ${Buffer.byteLength(text)}\n`);
    return write(text);
  }) as typeof process.stdout.write;
}
const { openScreen } = await import('#tui/open-screen.js');
const color = process.env.NO_COLOR === undefined;
const screen = openScreen(run, {
  stdout: process.stdout,
  stdin: process.stdin,
  color,
  unicode: process.env.ASCII === undefined,
  leaveSignal: new AbortController().signal,
});
void run.go();
// Taken after the screen has gone: until then console.log is the screen.
const end = await screen;
console.log(end);
process.exit();
