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
    .option('-f, --forks <n>', 'hosts at a time', atLeastOne, 20)
    .option('-u, --user <name>', 'log in as this user (unless the inventory says otherwise)')
    .option('-b, --become', 'become root with sudo, also to read')
    .option('-K, --ask-become-pass', 'ask for the sudo password')
    .option('--become-password-file <file>', 'read the sudo password from this file')
    .option('--private-key <file...>', 'keys to log in with (unless the inventory says otherwise)')
    .option('--known-hosts <file...>', 'known_hosts files to check host keys against, instead of the usual ones')
    .option(
      '--accept-new',
      'accept and remember the keys of hosts that are not known yet; a changed key is refused all the same',
    )
    .option('-T, --timeout <seconds>', 'give up connecting to a host after this time', atLeastOne);
}

export function addPolicyOptions(command: Command): Command {
  return command
    .option('-p, --playbook <file>', 'plays: which hosts get which settings')
    .addOption(new Option('--strategy <name>', 'what the clocks are to follow').choices(STRATEGIES));
}

export function addRolloutOptions(command: Command): Command {
  return command
    .option(
      '--confirm-timeout <duration>',
      'a host that is not confirmed by then takes everything back, whatever the playbook says',
      durationOption,
    )
    .option('--resume-wave <n>', "begin with the size of this wave of the playbook's serial, from 1", atLeastOne);
}

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document at the end (docs/json-output.md)')
    .addOption(new Option('--jsonl', 'print every event as a line of JSON as it happens').conflicts('json'));
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
