import type { Become } from './become.js';

/** The bootstrap's exit status where its first line of input is not ours. */
export const INPUT_TAKEN = 97;

/** What marks one conversation: three random words of 32 hexadecimal digits, new for each. */
export interface Marks {
  /** In the command line, which every user of the host can read: marks READY and the first line of input, and nothing else. */
  readonly token: string;
  /** In every frame after READY: sent as input, and never in arguments, environment or files on the host. */
  readonly nonce: string;
  /** In sudo's prompt, and so in the command line too. */
  readonly prompt: string;
}

export function newMarks(random: () => string): Marks {
  return { token: random(), nonce: random(), prompt: random() };
}

/**
 * The constant program of docs/internals/host-programs.md: prints READY, reads a line with token and nonce, parameter lines, then exactly LENGTH
 * bytes of program. Without that line somebody has read the beginning, and what is left would be run as another program.
 * `unset`: a variable that the environment brought along stays exported, and everything here would be in the environment of others.
 * One line without a single quote, so that it can stand in single quotes for any login shell, csh and fish too.
 */
export const BOOTSTRAP = [
  'printf "\\n@%s ready 2\\n" "$1"',
  'unset l p',
  'IFS= read -r l',
  `case $l in "$1 "?*) ;; *) exit ${INPUT_TAKEN} ;; esac`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  'set -- "${l#* }" "$2"',
  'while IFS= read -r l && [ -n "$l" ]; do set -- "$@" "$l"; done',
  'p=$(head -c "$2") && eval "$p"',
].join('; ');

/**
 * The command that a conversation begins with. Through `env`, because the login shell may be csh; with LC_ALL=C, because the
 * messages of sudo are read.
 *
 * @param programBytes length of the program in bytes
 * @param enclosure words that the shell is called by, '' for none
 */
export function bootstrapCommand(marks: Marks, programBytes: number, become: Become | null, enclosure = ''): string {
  const shell = `${enclosure}sh -c '${BOOTSTRAP}' tsync ${marks.token} ${programBytes}`;
  if (become === null) return shell;
  const asking = become.password === null ? '-n' : `-S -p ${sudoPrompt(marks)}`;
  return `env LC_ALL=C LANGUAGE=C sudo ${asking} -u ${quote(become.user)} -- ${shell}`;
}

/** What sudo prints when it wants the password. */
export function sudoPrompt({ prompt }: Marks): string {
  return `tsync-${prompt}-password:`;
}

/** A word for any shell. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_.@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Token and nonce, parameter lines, the empty line that ends them, and the program. */
export function bootstrapInput(marks: Marks, parameters: readonly string[], program: Uint8Array): Uint8Array {
  const lines = new TextEncoder().encode(
    [`${marks.token} ${marks.nonce}`, ...parameters, ''].map((line) => `${line.replaceAll('\n', '')}\n`).join(''),
  );
  const input = new Uint8Array(lines.length + program.length);
  input.set(lines);
  input.set(program, lines.length);
  return input;
}
