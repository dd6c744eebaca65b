import { didYouMean } from '#errors/did-you-mean.js';
import { CONNECTION_VARIABLES, SECRET_VARIABLES } from './connection-variables.js';

/**
 * The line of a file that a mistake is in, as it may be shown: with its keys, and with the values of those keys only that are known to
 * hold no secret. A key that is misspelt, unknown or missing, a value that goes over several lines, a comment: `***`.
 */
export function excerptOf(text: string, lineStart: number, lineEnd: number): string {
  const line = text.slice(lineStart, lineEnd).replace(/\r$/, '');
  const [, indent = '', rest = ''] = /^([\s?-]*)(.*)$/su.exec(line)!;
  if (rest === '') return line;
  const ancestors = keysAbove(text, lineStart, /^ */.exec(line)![0].length);
  if (ancestors.some(looksSecret)) return indent + MASK;
  const shown = keyed(withoutComment(rest));
  if (shown !== null) return indent + shown;
  return ancestors[0] !== undefined && HARMLESS.has(ancestors[0]) ? line : indent + MASK;
}

const MASK = '***';

function withoutComment(text: string): string {
  return text.replace(/(^|\s)#.*$/su, `$1# ${MASK}`);
}

/** `key: value`, `{key: value, ...`, `key=value`; null: there is no key at the beginning. */
function keyed(text: string): string | null {
  const found = KEY.exec(text);
  if (!found) return null;
  const [head, , key = '', blank = ''] = found;
  const value = text.slice(head.length);
  if (value.trim() === '' || value.startsWith('#')) return text;
  if (HARMLESS.has(key)) return head + harmlessValue(value);
  const inside = value.startsWith('{') && !looksSecret(key) ? keyed(value.slice(1)) : null;
  return inside === null ? `${head.slice(0, head.length - blank.length)} ${MASK}` : `${head}{${inside}`;
}

/** `key:`, `"key":`, `key =`, with the blanks behind it. A colon inside of a key is one of a host range or an address. */
const KEY = /^[\s{[]*(["']?)([\p{L}\p{N}_.*<[\]:-]+?)\1\s*(?:(?<=["'])\s*:|:(?=\s|$)|=)(\s*)/u;

/** Up to the next key on the line, which may be another one. */
function harmlessValue(value: string): string {
  const next = /[,{\s]\s*(?=["']?[\p{L}\p{N}_.-]+["']?\s*[:=])/u.exec(value);
  if (next === null) return value;
  const end = next.index + next[0].length;
  return value.slice(0, end) + (keyed(value.slice(end)) ?? MASK);
}

/** The keys that a line stands below, by indentation, the nearest first. */
function keysAbove(text: string, lineStart: number, indent: number): readonly string[] {
  const keys: string[] = [];
  let end = lineStart - 1;
  let left = indent;
  while (end > 0 && left > 0) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    const own = line.search(/[^ ]/);
    if (own !== -1 && own < left && line[own] !== '#') {
      left = own;
      const key = KEY.exec(line.slice(own).replace(/^[\s?-]*/u, ''))?.[2];
      keys.push(key ?? '');
    }
    end = start - 1;
  }
  return keys;
}

/** By its name, or because it is none of Ansible's and could be one of those misspelt. */
function looksSecret(key: string): boolean {
  if (HARMLESS.has(key)) return false;
  if (SECRET_VARIABLES.has(key) || key.startsWith('ansible_') || SECRET.test(key)) return true;
  return key
    .toLowerCase()
    .split(/[_.-]/)
    .some((word) => didYouMean(word, SECRET_WORDS) !== null);
}

const SECRET_WORDS = ['password', 'passwd', 'passphrase', 'secret', 'token', 'vault', 'credential'];
const SECRET = /pass|pwd|psw|\bpw\b|_pw|pw_|secret|token|vault|cred|auth|phrase|private|apikey|_key|key_/i;

/** Keys of inventories and playbooks whose values are never a secret. `content` and `key` are not among them. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...Object.values(CONNECTION_VARIABLES)
    .flat()
    .filter((name) => !SECRET_VARIABLES.has(name)),
  ...'ansible_python_interpreter ansible_group_priority ansible_network_os ansible_shell_type'.split(' '),
  ...'all ungrouped hosts children version plays name strategy prefer ntp_servers address pool iburst nts trust'.split(
    ' ',
  ),
  ...'minpoll maxpoll dhcp_servers limits offset daemon_offset makestep threshold limit max_step daemon window'.split(
    ' ',
  ),
  ...'days from to zone step_warning degrade take_ownership protected rollout serial max_fail settle_timeout'.split(
    ' ',
  ),
  ...'confirm_timeout waivers rule reason expires resources file service src mode owner'.split(' '),
  ...'group state restart enabled masked refclock'.split(' '),
]);
