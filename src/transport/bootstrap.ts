import type { Become } from './become.js';

/** The bootstrap's exit status where its first line of input is not the nonce. */
export const INPUT_TAKEN = 97;

/**
 * The constant program of docs/host-programs.md: prints READY, reads the nonce, parameter lines, then exactly LENGTH bytes of program.
 * Without the nonce in front somebody has read the beginning, and what is left would be run as another program.
 * One line without a single quote, so that it can stand in single quotes for any login shell, csh and fish too.
 */
export const BOOTSTRAP = [
  'printf "\\n@%s ready 1\\n" "$1"',
  `IFS= read -r l; [ "$l" = "$1" ] || exit ${INPUT_TAKEN}`,
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
export function bootstrapCommand(nonce: string, programBytes: number, become: Become | null, enclosure = ''): string {
  const shell = `${enclosure}sh -c '${BOOTSTRAP}' tsync ${nonce} ${programBytes}`;
  if (become === null) return shell;
  const asking = become.password === null ? '-n' : `-S -p ${sudoPrompt(nonce)}`;
  return `env LC_ALL=C LANGUAGE=C sudo ${asking} -u ${quote(become.user)} -- ${shell}`;
}

/** What sudo prints when it wants the password: nothing else on the host can know it. */
export function sudoPrompt(nonce: string): string {
  return `tsync-${nonce}-password:`;
}

/** A word for any shell. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_.@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The nonce, parameter lines, the empty line that ends them, and the program. */
export function bootstrapInput(nonce: string, parameters: readonly string[], program: Uint8Array): Uint8Array {
  const lines = new TextEncoder().encode(
    [nonce, ...parameters, ''].map((line) => `${line.replaceAll('\n', '')}\n`).join(''),
  );
  const input = new Uint8Array(lines.length + program.length);
  input.set(lines);
  input.set(program, lines.length);
  return input;
}
