#!/bin/sh
# Stand-in for systemctl: show, start, stop, restart, is-active, is-enabled, daemon-reload and what else tsync may ask.
# shellcheck disable=SC2154 # from what is sourced
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
# shellcheck source=/dev/null
. "$home/bin/chrony.sh"
# shellcheck source=/dev/null
. "$home/bin/units.sh"

verb='' properties='' quiet='' only_value=''
main() {
  units=''
  while [ $# -gt 0 ]; do
    case $1 in
      --version) verb=version ;;
      -p | --property)
        properties=$properties,$2
        shift
        ;;
      -p*) properties=$properties,${1#-p} ;;
      --property=*) properties=$properties,${1#*=} ;;
      -q | --quiet) quiet=yes ;;
      --value) only_value=yes ;;
      --) ;;
      -*) ;;
      *) if [ -z "$verb" ]; then verb=$1; else units="$units $1"; fi ;;
    esac
    shift
  done
  # shellcheck disable=SC2086 # words
  set -- $units
  case $verb in
    version) printf 'systemd %s (%s)\n+PAM +AUDIT +SELINUX default-hierarchy=unified\n' "${systemd%% *}" "${systemd#* }" ;;
    show) show_units "$@" ;;
    is-active) each_is active "$@" ;;
    is-enabled) each_is enabled "$@" ;;
    is-failed) each_is failed "$@" ;;
    is-system-running) echo running ;;
    start | stop | restart | try-restart | reload-or-restart) change_units "$@" ;;
    kill)
      need_root
      for name in "$@"; do
        find_unit "$name"
        end_process "$unit"
      done
      ;;
    daemon-reload | reset-failed) need_root ;;
    list-units | list-timers | list-unit-files | cat | status) show_units "$@" ;;
    *) refuse "Unknown command verb $verb." ;;
  esac
}

need_root() { privileged || refuse "Failed to ${verb%%-*} unit: Interactive authentication required."; }

change_units() {
  need_root
  status=0
  for name in "$@"; do
    find_unit "$name"
    case $verb in
      start) start_unit "$name" || status=$? ;;
      stop) stop_unit "$name" || status=$? ;;
      try-restart) if is_active; then restart_unit "$name"; fi || status=$? ;;
      *) restart_unit "$name" || status=$? ;;
    esac
  done
  return $status
}
restart_unit() {
  if [ "$masked" = no ]; then stop_unit "$1" 2>/dev/null; fi
  start_unit "$1"
}

# each_is WHAT UNIT...: prints one word a unit, and succeeds if one of them is so.
each_is() {
  what=$1 result=3
  shift
  if [ "$what" != active ]; then result=1; fi
  for name in "$@"; do
    find_unit "$name"
    case $what in
      active) answer=$(active_state) ;;
      failed) answer=$(active_state) ;;
      enabled)
        unit_file_state 2>/dev/null
        answer=$file_state
        if [ -z "$fragment" ]; then answer=not-found; fi
        ;;
    esac
    if [ "$answer" = "$what" ]; then result=0; fi
    if [ -z "$quiet" ]; then echo "$answer"; fi
  done
  return $result
}
active_state() {
  if is_active; then echo active; elif [ -e "$state/failed/$unit" ]; then echo failed; else echo inactive; fi
}

# show_units UNIT...: KEY=VALUE lines, an empty line between units.
show_units() {
  wanted=${properties:-,Id,Names,LoadState,ActiveState,SubState,UnitFileState,FragmentPath,DropInPaths,MainPID},
  first=yes
  for name in "$@"; do
    if [ $first = no ]; then echo; fi
    first=no
    find_unit "$name"
    show_unit
  done
  if [ $first = yes ]; then show_manager; fi
}
show_manager() {
  property Version "${systemd#* }"
  property SystemState running
}
show_unit() {
  main_pid=0 load=loaded sub=dead file_state='' drop_ins='' shown=$fragment
  active=$(active_state)
  if [ -z "$fragment" ]; then
    load=not-found
  else
    unit_file_state
    if [ "$masked" = yes ]; then load=masked; fi
  fi
  case $active in
    active)
      sub=running
      if [ -n "$timer" ]; then sub=waiting; else read -r main_pid <"$state/active/$unit"; fi
      ;;
    failed) sub=failed ;;
  esac
  for part in "$root/etc/systemd/system/$unit.d"/*.conf; do
    if [ -f "$part" ]; then drop_ins="$drop_ins ${part#"$root"}"; fi
  done
  property Id "$unit"
  property Names "$unit$(aliases)"
  property LoadState $load
  property ActiveState "$active"
  property SubState $sub
  property FragmentPath "$shown"
  property UnitFileState "$file_state"
  property DropInPaths "${drop_ins# }"
  property NeedDaemonReload no
  property MainPID "$main_pid"
  property ExecMainPID "$main_pid"
  property NRestarts 0
  property Result success
}
# aliases: the other names under which this unit may be called.
aliases() {
  for link in "$root"/etc/systemd/system/*.service; do
    if [ -L "$link" ]; then
      target=$(readlink "$link")
      if [ "${target##*/}" = "$unit" ] && [ "${link##*/}" != "$unit" ]; then printf ' %s' "${link##*/}"; fi
    fi
  done
}
property() {
  case $wanted in *",$1,"*) if [ -n "$only_value" ]; then echo "$2"; else echo "$1=$2"; fi ;; esac
}

main "$@"
