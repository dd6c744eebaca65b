# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2119,SC2120,SC2154 # "a && b || fail" is meant so; the files of a program share variables and functions
# What takes a transaction back unless it is confirmed in time.

# arm_guard SECONDS: a timer of its own name that runs the undo, and is seen to run. The name is kept before it is armed.
arm_guard() {
  # whoever works on an image is there when it ends; what was killed is settled by the next run
  if [ -n "$image" ]; then return 0; fi
  guard=tsync-guard-$transaction
  if [ -s "$tx/guards" ]; then guard=$guard.$(($(wc -l <"$tx/guards") + 1)); fi
  printf '%s\n' "$guard" >>"$tx/guards" || return 1
  if on_systemd; then
    run_timer "$guard" "--on-active=$1" && anchor_guard "$1"
  else
    arm_sleeper "$1"
  fi && journal guard "armed:$1"
}

# run_timer NAME WHEN: a timer of systemd's, seen to be active. `systemctl isolate`, also into rescue or emergency, ends neither it
# nor its service, only a shutdown does; systemd before 236 cannot be told so of a unit of the moment.
run_timer() {
  (
    unset TSYNC_TRANSACTION
    set -- "$@" --timer-property=AccuracySec=100ms
    set_timer "$@" --timer-property=IgnoreOnIsolate=yes --timer-property=DefaultDependencies=no \
      --timer-property=Conflicts=shutdown.target --timer-property=Before=shutdown.target \
      --property=IgnoreOnIsolate=yes --property=DefaultDependencies=no \
      --property=Conflicts=shutdown.target --property=Before=shutdown.target ||
      set_timer "$@"
  ) >/dev/null 2>&1
  [ "$(within 20 systemctl is-active "$1.timer" 2>/dev/null)" = active ]
}

# set_timer NAME OPTIONS
set_timer() {
  timer_name=$1
  shift
  within 20 systemd-run --unit="$timer_name" "$@" /bin/sh "$tx/program.sh" undo guard "root=$root" "bin=$bin"
}

# anchor_guard SECONDS: a second timer for the same moment, told as time since systemd started. A daemon-reload, which others
# may do again and again, lets the first one count anew (seen with systemd 252). Where it cannot be had, the first must do.
anchor_guard() {
  systemd_start=$(monotonic_seconds UserspaceTimestampMonotonic) &&
    armed_at=$(monotonic_seconds ActiveEnterTimestampMonotonic "$guard.timer") || return 0
  printf '%s\n' "$guard-anchored" >>"$tx/guards" || return 1
  run_timer "$guard-anchored" "--on-startup=$((armed_at - systemd_start + $1 + 1))" || :
}

# monotonic_seconds PROPERTY [UNIT]: prints it in whole seconds; some shells cannot count microseconds.
monotonic_seconds() {
  microseconds=$(x systemctl show -p "$@" 2>/dev/null)
  microseconds=${microseconds#*=}
  case $microseconds in
    *[!0-9]*) return 1 ;;
    ???????*) printf %s "${microseconds%??????}" ;;
    *) return 1 ;;
  esac
}

# arm_sleeper SECONDS: where there is no systemd, a process in a session of its own.
arm_sleeper() {
  (
    unset TSYNC_TRANSACTION
    setsid /bin/sh "$tx/program.sh" undo "wait:$1:$guard" "root=$root" "bin=$bin" </dev/null >/dev/null 2>&1 &
  )
  # shellcheck disable=SC2034 # only counts
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if [ -s "$tx/$guard.pid" ]; then return 0; fi
    pause
  done
  return 1
}

# sleep_out SECONDS GUARD: what that process does; counts by the uptime, whatever happens to the clock.
sleep_out() {
  process_start $$ || return 1
  printf '%s %s\n' $$ "$started" >"$tx/$2.pid"
  uptime_now
  sleep_until=$((${uptime%.*} + $1))
  while uptime_now && [ "${uptime%.*}" -lt "$sleep_until" ]; do sleep 1; done
}

# stop_guards [EXCEPT]: ends every guard of the transaction but that one.
stop_guards() {
  # an image has none, whatever it lists
  if [ -n "$image" ]; then return 0; fi
  [ -f "$tx/guards" ] || return 0
  while IFS= read -r old_guard; do
    case $old_guard in
      "${1:-}" | "${1:-}-anchored") ;;
      *) stop_guard "$old_guard" ;;
    esac
  done <"$tx/guards"
}

stop_guard() {
  if [ ! -f "$tx/$1.pid" ]; then
    within 20 systemctl stop "$1.timer" >/dev/null 2>&1
  elif read -r sleeper_pid sleeper_start <"$tx/$1.pid" && [ "$sleeper_pid" != $$ ]; then
    if process_start "$sleeper_pid" && [ "$started" = "$sleeper_start" ]; then kill -9 "$sleeper_pid"; fi
  fi
}

# disarm: /etc is then as if there had been no guard. Of the folders that were made, those stay that something lies in.
disarm() {
  remove_boot_hook
  drop_second_names
  remove_folders
  stop_guards
  rm -f "$tx/reserve"
}
