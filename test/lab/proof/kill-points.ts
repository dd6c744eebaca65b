/** Functions of a transaction around whose work a victim can be killed: `before` and `after` are points, with its arguments. */
const HOOKED: Readonly<Record<string, string>> = {
  arm_guard: 'guard',
  write_state: 'state $1',
  // what follows a colon differs: seconds, reasons
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expansion of the shell
  journal: 'journal $1 ${2%%:*}',
  disarm: 'disarm',
};

/**
 * At a point: adds it to /hold/points where that is wanted, and where /hold/at names it, kills the victim, once. tsync itself runs on
 * another machine: the program stands still until somebody says that it is dead.
 */
const HOLD = `
hold() {
  if [ -f /hold/points ]; then echo "$*" >>/hold/points; fi
  [ -f /hold/at ] || return 0
  read -r hold_victim hold_at </hold/at
  [ "$hold_at" = "$*" ] || return 0
  mv /hold/at /hold/reached
  case $hold_victim in
    shell) kill -9 $$ "$(exec sh -c 'echo $PPID')" ;;
    connection)
      read -r hold_name <"/proc/$PPID/comm"
      if [ "$hold_name" != sshd ]; then mv /hold/reached /hold/no-sshd; fi
      kill -9 "$PPID"
      ;;
    isolate)
      systemctl isolate multi-user.target
      kill -9 $$ "$(exec sh -c 'echo $PPID')"
      ;;
    power | tsync) while [ ! -e /hold/go ]; do sleep 0.1; done ;;
  esac
}
`;

/** The text of src/transaction/ with a point before and after each step that is journalled; it does nothing else in another way. */
export function withKillPoints(transaction: string): string {
  let text = transaction;
  for (const name of Object.keys(HOOKED)) {
    const renamed = text.replace(`\n${name}() {`, `\nplain_${name}() {`);
    if (renamed === text) throw new Error(`src/transaction/ has no function ${name} any more`);
    text = renamed;
  }
  return `${text}${HOLD}${Object.entries(HOOKED).map(hooked).join('')}`;
}

function hooked([name, point]: [string, string]): string {
  return [
    `${name}() {`,
    `  hold before ${point}`,
    `  plain_${name} "$@"`,
    '  set -- "$?" "$@"',
    `  hold after ${point.replaceAll('$2', '$3').replaceAll('${2', '${3').replaceAll('$1', '$2')}`,
    '  return "$1"',
    '}',
    '',
  ].join('\n');
}
