# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# PTP clocks.

# Every PTP clock by the name its driver gave it; the index says nothing.
probe_ptp() {
  begin ptp
  if [ -d "$root/sys/class" ]; then say looked; fi
  for clock in "$root"/sys/class/ptp/*; do
    [ -e "$clock" ] || continue
    if read_line "${clock#"$root"}/clock_name"; then say "clock ${clock##*/} $line"; else say "clock ${clock##*/}"; fi
  done
  for link in "$root"/dev/ptp*; do
    if [ -L "$link" ]; then
      say "link ${link#"$root"} $(readlink "$link")"
    elif [ -e "$link" ]; then
      say "node ${link#"$root"}"
    fi
  done
  finish
}
