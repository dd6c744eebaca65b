#!/bin/sh
# The process of one armed timer: timer NAME SECONDS COMMAND... . SIGUSR1 means that the time is up now: the demo is closing.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
name=$1 seconds=$2
shift 2
sleep "$seconds" &
sleeper=$!
trap 'kill "$sleeper" 2>/dev/null' USR1
printf '%s\n' "$$" >"$state/timers/$name.new"
mv "$state/timers/$name.new" "$state/timers/$name"
wait "$sleeper"
trap '' USR1
rm -f "$state/timers/$name"
printf '%s\n' "$$" >"$state/active/$name.service"
TSYNC_DEMO_UID=0 PATH=$home/tools:$PATH "$@" >>"$state/journal" 2>&1
rm -f "$state/active/$name.service"
