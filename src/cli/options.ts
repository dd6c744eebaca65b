import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { FORMAT_NAMES, FORMATS, type FormatName } from '#report/formats.js';
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

/** How the result is given; read it with `formatOf`. */
export interface OutputOptions {
  readonly format?: FormatName;
  /** Short for `format: 'json'`. */
  readonly json?: boolean;
  /** Short for `format: 'jsonl'`. */
  readonly jsonl?: boolean;
}

/** The format that was asked for; `text` unless another was. */
export function formatOf({ format, json, jsonl }: OutputOptions): FormatName {
  if (json) return 'json';
  return jsonl ? 'jsonl' : (format ?? 'text');
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

/** For a command that judges hosts. */
export function addOutputOptions(command: Command): Command {
  return addFormatOptions(command, FORMAT_NAMES);
}

/** For a command that reaches hosts and judges nothing. */
export function addPlainOutputOptions(command: Command): Command {
  return addFormatOptions(
    command,
    FORMAT_NAMES.filter((name) => !FORMATS[name].needsFindings),
  );
}

/** For a command that gives one document. */
export function addDocumentOptions(command: Command): Command {
  return addFormatOptions(command, ['text', 'json']);
}

/** `--format` with these formats, and the flags that are short for two of them. */
function addFormatOptions(command: Command, names: readonly FormatName[]): Command {
  const shown = names.map((name) => `${name} ${FORMATS[name].help}`).join(', ');
  const format = new Option('--format <format>', `print the result as ${shown}`).choices(names);
  command.addOption(format.default('text'));
  for (const name of (['json', 'jsonl'] as const).filter((one) => names.includes(one))) {
    const others = ['format', 'json', 'jsonl'].filter((one) => one !== name);
    const help = `the same as --format ${name} (docs/reference/json-output.md)`;
    command.addOption(new Option(`--${name}`, help).conflicts(others));
  }
  return command;
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
