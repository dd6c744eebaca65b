#!/bin/sh
# Stand-in for systemd-run --on-active: a detached process that sleeps, then runs the command; `systemctl stop NAME.timer` ends it.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
privileged || refuse 'Failed to start transient timer unit: Interactive authentication required.'
name='' seconds=''
while [ $# -gt 0 ]; do
  case $1 in
    --unit=*) name=${1#*=} ;;
    --unit | -u)
      name=$2
      shift
      ;;
    --on-active=*) seconds=${1#*=} ;;
    --) ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
name=${name%.timer}
name=${name%.service}
seconds=${seconds%s}
case $name:$seconds in
  :* | *: | */*) refuse 'Failed to parse timer.' ;;
esac
if [ -e "$state/timers/$name" ]; then refuse "Failed to start transient timer unit: Unit $name.timer was already loaded or has a fragment file."; fi
session=''
if command -v setsid >/dev/null; then session=setsid; fi
$session "$home/bin/timer" "$name" "$seconds" "$@" </dev/null >/dev/null 2>&1 &
# Armed once the timer has written down its process.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  if [ -e "$state/timers/$name" ]; then break; fi
  sleep 0.05 2>/dev/null || sleep 1
done
[ -e "$state/timers/$name" ] || refuse "Failed to start transient timer unit: Unit $name.timer did not start."
printf 'Running timer as unit: %s.timer\nWill run service as unit: %s.service\n' "$name" "$name" >&2
