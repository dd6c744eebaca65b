import { HostTrouble } from '#errors/host-trouble.js';
import { problem } from '#errors/problem.js';
import type { Connection, ExecEnd, RemoteExec } from '#transport/connection.js';

/** What goes wrong on a model host, once the change is begun unless it says otherwise. */
export const FAULTS = [
  /** Nobody answers, from the beginning. */
  'unreachable',
  /** Answers the probe and then never again. */
  'gone before apply',
  /** Somebody edited a file since the plan. */
  'stale',
  /** Another operator is at work. */
  'locked',
  /** A step fails: the program takes all back. */
  'step fails',
  /** The program dies while it prepares, before the guard is armed. */
  'dies preparing',
  /** The connection breaks; the program goes on to its end. */
  'connection cut',
  /** The connection breaks and the program dies with it. */
  'shell dies',
  /** All is applied, and the clock never follows. */
  'never settles',
  /** The host confirms, and its answer is lost. */
  'answer lost',
  /** The guard is quicker than the verdict. */
  'guard first',
  /** All is applied, and nobody can connect until the guard has taken it back. */
  'away until the guard',
  /** All is applied, and nobody can connect ever again. */
  'gone after apply',
  /** All is applied, the clock never follows, and taking back fails. */
  'undo fails',
] as const;
export type Fault = (typeof FAULTS)[number];

type Transaction = {
  readonly id: string;
  state: 'preparing' | 'armed' | 'applied' | 'confirmed' | 'reverted' | 'failed';
};

/** Longer than a guard and what tsync waits after it; the faults of this model stay below it or never end. */
const AWAY_MS = 60_000;

/**
 * A host as the engine sees it through a connection: it speaks the conversation of docs/internals/host-programs.md, and keeps one file whose
 * content is `before` or `after`, and its transaction. What it does takes time on the timers of this process, which tests fake.
 */
export class ModelHost {
  content: 'before' | 'after' = 'before';
  transaction: Transaction | null = null;
  /** Whether a guard of its transaction runs. */
  guarded = false;
  /** How often somebody began to change it. */
  begun = 0;
  readonly name: string;
  readonly fault: Fault | null;
  readonly guardMs: number;
  private probed = false;
  /** What it is taken back to. */
  private was: 'before' | 'after' = 'before';
  private awayUntil = 0;

  constructor(name: string, fault: Fault | null, guardSeconds: number) {
    this.name = name;
    this.fault = fault;
    this.guardMs = guardSeconds * 1000;
  }

  async connect(): Promise<Connection> {
    await after(20);
    const isGone =
      this.fault === 'unreachable' ||
      (this.fault === 'gone before apply' && this.probed) ||
      (this.fault === 'gone after apply' && this.transaction !== null) ||
      Date.now() < this.awayUntil;
    if (isGone) throw lost('transport/unreachable');
    const open = new Set<Conversation>();
    return {
      exec: async (command) => {
        const conversation = new Conversation(command, this);
        open.add(conversation);
        return conversation;
      },
      close: () => {
        for (const conversation of open) conversation.destroy();
      },
    };
  }

  probe(): string {
    this.probed = true;
    return this.content;
  }

  get settles(): boolean {
    return this.fault !== 'never settles' && this.fault !== 'undo fails';
  }

  arm(id: string): void {
    this.begun += 1;
    this.was = this.content;
    this.guarded = true;
    this.transaction = { id, state: 'armed' };
    const { transaction } = this;
    setTimeout(() => {
      if (transaction.state === 'armed' || transaction.state === 'applied') this.takeBack(transaction);
    }, this.guardMs);
    if (this.fault === 'away until the guard') this.awayUntil = Date.now() + Math.max(AWAY_MS, this.guardMs + 5_000);
  }

  prepare(id: string): void {
    this.begun += 1;
    this.transaction = { id, state: 'preparing' };
  }

  clean(): string {
    if (this.transaction === null || this.isOpen) return `refused:${this.transaction?.state ?? 'absent'}`;
    this.transaction = null;
    return 'cleaned';
  }

  apply(): void {
    if (this.transaction?.state !== 'armed') return;
    this.content = this.was === 'before' ? 'after' : 'before';
    this.transaction.state = 'applied';
  }

  /** Neither over nor only prepared. */
  get isOpen(): boolean {
    return this.transaction !== null && ['armed', 'applied', 'failed'].includes(this.transaction.state);
  }

  confirm(): 'confirmed' | `refused:${string}` {
    if (this.transaction?.state !== 'applied') return `refused:${this.transaction?.state ?? 'absent'}`;
    if (this.fault === 'guard first') {
      this.takeBack(this.transaction);
      return 'refused:reverted';
    }
    this.transaction.state = 'confirmed';
    return 'confirmed';
  }

  revert(): string {
    if (this.transaction === null) return 'refused:absent';
    if (this.transaction.state === 'confirmed') return 'refused:confirmed';
    this.takeBack(this.transaction);
    return this.transaction.state === 'reverted' ? 'reverted' : 'failed:failed';
  }

  private takeBack(transaction: Transaction): void {
    if (this.fault === 'undo fails') {
      transaction.state = 'failed';
      return;
    }
    this.content = this.was;
    transaction.state = 'reverted';
  }
}

/** One command that runs on a model host. */
class Conversation implements RemoteExec {
  readonly ended: Promise<ExecEnd>;
  private readonly host: ModelHost;
  private readonly token: string;
  private nonce = '';
  private readonly length: number;
  private readonly end = Promise.withResolvers<ExecEnd>();
  private readonly decoder = new TextDecoder('latin1');
  private stdout: (chunk: Uint8Array) => void = () => {};
  private input = '';
  private program = '';
  private transaction = '';
  private over = false;

  constructor(command: string, host: ModelHost) {
    const [, token = '', length = ''] = / tsync ([0-9a-f]{32}) ([0-9]+)$/.exec(command) ?? [];
    this.host = host;
    this.token = token;
    this.length = Number(length);
    this.ended = this.end.promise;
    void after(1).then(() => this.stdout(new TextEncoder().encode(`\n@${this.token} ready 2\n`)));
  }

  write(bytes: Uint8Array | string): void {
    this.input += typeof bytes === 'string' ? bytes : this.decoder.decode(bytes);
    void after(1).then(() => this.read());
  }

  endInput(): void {
    this.close(0);
  }

  destroy(): void {
    this.close(null);
  }

  onStdout(listener: (chunk: Uint8Array) => void): void {
    this.stdout = listener;
  }

  onStderr(): void {}

  private close(code: number | null, trouble = false): void {
    if (this.over) return;
    this.over = true;
    const broken = trouble ? { problem: lost('transport/connection-lost').problem } : {};
    this.end.resolve({ code, signal: null, ...broken });
  }

  private say(...frames: readonly string[]): void {
    if (this.over) return;
    this.stdout(new TextEncoder().encode(frames.map((frame) => `\n@${this.nonce} ${frame}\n`).join('')));
  }

  private read(): void {
    if (this.program === '') {
      // token and nonce, parameter lines, an empty line, the program
      this.nonce = /^\S+ (\S+)\n/.exec(this.input)?.[1] ?? '';
      const program = /^(?:.+\n)*\n/.exec(this.input)?.[0].length ?? Number.POSITIVE_INFINITY;
      if (this.input.length < program + this.length) return;
      this.transaction = /^transaction=(.*)$/m.exec(this.input.slice(0, program))?.[1] ?? '';
      this.program = this.input.slice(program, program + this.length);
      this.input = this.input.slice(program + this.length);
      this.start();
    }
    for (let line = this.input.indexOf('\n'); line >= 0; line = this.input.indexOf('\n')) {
      const request = this.input.slice(0, line);
      this.input = this.input.slice(line + 1);
      this.answer(request);
    }
  }

  private start(): void {
    if (this.program.includes('\ntsync_apply "$@"')) void this.runApply();
    else if (this.program.includes('\ntsync_settle "$@"')) this.say('idle');
    else this.say('clock 0.000000001');
  }

  private answer(request: string): void {
    const [word = '', argument = ''] = request.split(' ');
    switch (word) {
      case 't':
        this.say(`t ${argument} ${(Date.now() / 1000).toFixed(9)}`);
        break;
      case 'go':
        if (this.program.includes('tsync_settle')) this.say('idle');
        else this.say(...this.probed(), 'done');
        break;
      case 'probe':
        this.say(...this.probed(), 'idle');
        break;
      case 'clock':
        this.say('clock 0.000000001');
        break;
      case 'state':
        this.say(`step state ${this.host.transaction?.state ?? 'absent'}`, 'idle');
        break;
      case 'confirm':
        this.confirm();
        break;
      case 'revert':
        this.say(`step revert ${this.host.revert()}`, 'idle');
        break;
      case 'clean':
        this.say(`step clean ${this.host.clean()}`, 'idle');
        break;
      case 'list':
        this.say(this.transactions(true), 'idle');
        break;
      case 'extend':
        this.say(`step extend ${this.host.isOpen ? 'extended' : 'refused:absent'}`, 'idle');
        break;
      case 'bye':
        this.say('done');
        this.close(0);
        break;
    }
  }

  private probed(): readonly string[] {
    const file = (path: string, content: string) =>
      `section file ${path} ok ${content.length} mode=644 owner=root group=root size=${content.length}\n${content}`;
    return [
      file('/etc/model', this.host.probe()),
      file('/etc/settled', this.host.settles ? 'yes' : 'no'),
      this.transactions(false),
    ];
  }

  private transactions(withFinished: boolean): string {
    const { transaction, isOpen, guarded } = this.host;
    if (transaction === null || !(isOpen || withFinished)) return 'section values transactions ok 0\n';
    const { id, state } = transaction;
    const who = `guard=${guarded ? '30' : 'none'}\nrun=${id.replace(/\.[^.]*$/, '')}\nwho=ann@bastion`;
    const text = `transaction ${id}\nstate=${state}\n${who}\nstarted=2026-11-22T09:00:00Z\n`;
    return `section values transactions ok ${text.length}\n${text}`;
  }

  private confirm(): void {
    const answer = this.host.confirm();
    if (this.host.fault === 'answer lost') this.close(null, true);
    else this.say(`step confirm ${answer}`, 'idle');
  }

  private async runApply(): Promise<void> {
    const { host } = this;
    await after(100);
    if (host.fault === 'locked') {
      this.say('step lock held:ann@bastion,2026-11-22T10:00:00Z,other', 'step transaction untouched', 'done');
      return this.close(0);
    }
    if (host.fault === 'stale') {
      this.say('step precheck stale:file:/etc/model', 'step transaction untouched', 'done');
      return this.close(0);
    }
    if (host.fault === 'dies preparing') {
      host.prepare(this.transaction);
      return this.close(137);
    }
    host.arm(this.transaction);
    this.say('step precheck ok', 'step guard armed');
    await after(500);
    if (host.fault === 'step fails') {
      host.revert();
      this.say('step file:/etc/model failed:disk%20full', 'step transaction reverted', 'done');
      return this.close(0);
    }
    if (host.fault === 'shell dies') return this.close(null, true);
    if (host.fault === 'connection cut') this.close(null, true);
    await after(1_500);
    host.apply();
    this.say('step file:/etc/model done', 'step transaction applied', 'done');
    this.close(0);
  }
}

const lost = (code: 'transport/unreachable' | 'transport/connection-lost') =>
  new HostTrouble(problem(code, 'The model says so.'));

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
