# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# systemd-timesyncd.

# Both verbs talk to a bus name that starts timesyncd, which stops chronyd: only where systemd says that it runs.
# Before systemd 239 there are no such verbs, and the unit's status text says what it follows.
probe_timesyncd() {
  status=''
  if has timedatectl; then
    capture timedatectl show-timesync --all
    section_captured timesync
  fi
  if [ "$status" = 0 ]; then
    section timesync-status timedatectl timesync-status
  else
    section timesync-unit systemctl show --no-pager -p StatusText systemd-timesyncd.service
  fi
}
