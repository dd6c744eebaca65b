import { isAtLeast, SINCE } from '#config/chrony-version.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import type { HostClock } from '#platforms/host-clocks.js';
import { textToBytes } from '#snapshot/bytes.js';

/** How the daemon treats the PTP clock: `first` before NTP, `beside` as an equal, `watched` only to compare. */
export type RefclockUse = 'only' | 'first' | 'beside' | 'watched';

/** Options of the refclock line behind its device, for one clock and version of chrony: see docs/user/strategies.md. */
export function refclockOptions(clock: HostClock, use: RefclockUse, version: readonly [number, number]): string {
  const selection = { only: '', first: ' prefer', beside: '', watched: ' noselect' }[use];
  return `${clock.options(version)}${selection}`;
}

/** Where the script writes the refclock line, and the directive by which chronyd reads it. */
export interface SnippetPlace {
  readonly path: string;
  readonly directive: string;
}

/**
 * The directive must do no harm while the file is missing, and so while its folder is (/run is empty after a boot):
 * `confdir` ignores a missing folder; a pattern of `include` ends chronyd when its folder is missing (both tried
 * with chrony 4.3), so older ones get a folder that is always there and that AppArmor and SELinux let chronyd read.
 */
export function snippetPlace(host: ChronyHost): SnippetPlace {
  if (isAtLeast(host.version, SINCE.confdir)) {
    return { path: '/run/chrony-dhcp/tsync-refclock.conf', directive: 'confdir /run/chrony-dhcp' };
  }
  const folder = host.distribution.snippetFolder;
  return { path: `${folder}/tsync-refclock.conf`, directive: `include ${folder}/tsync-refclock*.conf` };
}

export const REFCLOCK_SCRIPT_PATH = '/etc/tsync/refclock.sh';

/** The script that runs before every start of chronyd; constant but for the clock, the place and the options. */
export function refclockScript(host: ChronyHost, clock: HostClock, options: string): Uint8Array {
  return textToBytes(
    SCRIPT.replace('@FILE@', () => snippetPlace(host).path)
      .replace('@LIKE@', () => host.configPath.replaceAll("'", ''))
      .replace('@OPTIONS@', () => options)
      .replace('@RUNNER@', () => (host.init.kind === 'systemd' ? 'systemd' : 'Its own script'))
      .replace('@TITLE@', () => clock.title)
      .replace('@NAME@', () => clock.name)
      .replace('@LINK@', () => clock.link)
      .replace('@SIGNS@', () => clock.signs.join(' ')),
  );
}

const SCRIPT = `#!/bin/sh
# Made by tsync. Puts @TITLE@ into chronyd's configuration if, and only if, it is there:
# chronyd does not start with a refclock whose device is missing. @RUNNER@ runs this before every start of chronyd.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
file='@FILE@'
like='@LIKE@'
options='@OPTIONS@'
wanted='@NAME@'
link='@LINK@'
signs='@SIGNS@'

find_clock() {
  for name in /sys/class/ptp/*/clock_name; do
    clock=
    [ -r "$name" ] && read -r clock <"$name"
    # shellcheck disable=SC2254 # a pattern
    case $clock in $wanted) ;; *) continue ;; esac
    device=\${name%/clock_name}
    device=/dev/\${device##*/}
    [ -e "$link" ] && device=$link
    [ -c "$device" ] && return 0
  done
  return 1
}

may_come() {
  for sign in $signs; do
    [ -d "$sign" ] && return 0
  done
  return 1
}

tsync_refclock() {
  rm -f "$file"
  tries=0
  until find_clock; do
    may_come || return 0
    [ "$tries" -lt 10 ] || return 0
    tries=$((tries + 1))
    sleep 1
  done
  mkdir -p "\${file%/*}"
  printf 'refclock PHC %s %s\\n' "$device" "$options" >"$file.new" || return 1
  if command -v chcon >/dev/null 2>&1; then chcon --reference="$like" "$file.new" 2>/dev/null; fi
  mv -f "$file.new" "$file"
}

tsync_refclock
`;

export function dropInPath(host: ChronyHost): string {
  return `/etc/systemd/system/${host.unit}.d/60-tsync-refclock.conf`;
}

/** `-`: the daemon starts whatever happens here; `+`: with full rights, outside of the unit's sandbox (systemd 231). */
export function dropIn(systemdVersion: number): Uint8Array {
  const prefix = systemdVersion >= 231 ? '-+' : '-';
  return textToBytes(`# Made by tsync.\n[Service]\nExecStartPre=${prefix}/bin/sh ${REFCLOCK_SCRIPT_PATH}\n`);
}

export const UDEV_RULE_PATH = '/etc/udev/rules.d/99-tsync-ptp.rules';

/** No ACTION: a trigger with `change` makes the name too. */
export function udevRule({ name, link }: HostClock): Uint8Array {
  const symlink = link.slice('/dev/'.length);
  return textToBytes(
    `# Made by tsync.\nSUBSYSTEM=="ptp", ATTR{clock_name}=="${name}", SYMLINK+="${symlink}", TAG+="systemd"\n`,
  );
}
