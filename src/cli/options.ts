import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { RunAsked } from '#run/event.js';
import { STRATEGIES, type Strategy } from '#settings/settings.js';
import { durationSeconds } from '#settings/settings-duration.js';

/** Who is meant and how they are reached: of every command that contacts hosts. */
export interface FleetOptions {
  readonly limit?: string;
  readonly forks: number;
  readonly user?: string;
  readonly become?: boolean;
  readonly askBecomePass?: boolean;
  readonly becomePasswordFile?: string;
  readonly privateKey?: readonly string[];
  readonly knownHosts?: readonly string[];
  readonly acceptNew?: boolean;
  readonly timeout?: number;
}

/** What is wanted: of every command that makes a plan. */
export interface PolicyOptions {
  readonly playbook?: string;
  readonly strategy?: Strategy;
}

/** How changes are rolled out: of every command that makes some. */
export interface RolloutOptions {
  /** Seconds; over the playbook's `rollout.confirm_timeout`. */
  readonly confirmTimeout?: number;
  readonly resumeWave?: number;
}

/** How the result is given. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

export interface ExitOptions {
  readonly maxUnreachable: number;
}

/** What a run asks for, as its first event keeps it. */
export function askedIn({ playbook, strategy, confirmTimeout }: PolicyOptions & RolloutOptions): RunAsked {
  return { playbook: playbook ?? null, strategy: strategy ?? null, confirmTimeout: confirmTimeout ?? null };
}

export function addFleetOptions(command: Command): Command {
  return command
    .option('-l, --limit <pattern>', 'only these hosts: names, groups, web*, ~regex, a:&b:!c')
    .option('-f, --forks <n>', 'work on at most n hosts at a time', atLeastOne, 20)
    .option('-u, --user <name>', 'log in as this user (unless the inventory says otherwise)')
    .option('-b, --become', 'become root with sudo, to read as well as to change')
    .option('-K, --ask-become-pass', 'ask for the sudo password')
    .option('--become-password-file <file>', 'read the sudo password from this file')
    .option('--private-key <file...>', 'log in with these keys (unless the inventory says otherwise)')
    .option('--known-hosts <file...>', 'check host keys against these known_hosts files instead of the default ones')
    .option('--accept-new', 'accept and remember the keys of new hosts; a changed key is still refused')
    .option('-T, --timeout <seconds>', 'give up connecting to a host after this time', atLeastOne);
}

export function addPolicyOptions(command: Command): Command {
  return command
    .option('-p, --playbook <file>', 'the playbook: which hosts get which settings')
    .addOption(new Option('--strategy <name>', 'what the clocks should follow').choices(STRATEGIES));
}

export function addRolloutOptions(command: Command): Command {
  return command
    .option(
      '--confirm-timeout <duration>',
      'a host that is not confirmed within this time undoes its changes; overrides the playbook',
      durationOption,
    )
    .option(
      '--resume-wave <n>',
      "start with the size of the n-th wave of the playbook's rollout.serial (default: 1)",
      atLeastOne,
    );
}

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document at the end (docs/reference/json-output.md)')
    .addOption(new Option('--jsonl', 'print each event as a line of JSON when it happens').conflicts('json'));
}

export function addExitOptions(command: Command): Command {
  return command.option(
    '--max-unreachable <n>',
    'exit 4 only when more hosts than this are unreachable',
    atLeastZero,
    0,
  );
}

/** A duration as people write it (`90s`, `10m`), in whole seconds. */
export function durationOption(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === null || seconds < 1 || seconds > 86_400) {
    throw new InvalidArgumentError('It must be a duration from 1s to 24h: 90s, 10m, 1h.');
  }
  return Math.ceil(seconds);
}

/** An age as people write it (`90d`), in seconds. */
export function ageOption(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === null) throw new InvalidArgumentError('It must be an age: 90d, 12h, 30m.');
  return seconds;
}

export function atLeastOne(text: string): number {
  return wholeNumber(text, 1);
}

export function atLeastZero(text: string): number {
  return wholeNumber(text, 0);
}

function wholeNumber(text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 100_000) {
    throw new InvalidArgumentError(`It must be a whole number from ${least} to 100000.`);
  }
  return value;
}
