# shellcheck shell=sh
# How a simulated systemd finds, starts and stops units. Sourced after host.sh and chrony.sh.
# state/active/UNIT: main process of what runs. state/failed/UNIT: what could not start. state/timers/NAME: process of an armed timer.
# shellcheck disable=SC2154,SC2034 # from host.sh; for systemctl

# find_unit NAME: sets unit (an alias is followed), fragment (empty: not found), masked, timer.
find_unit() {
  unit=$1 fragment='' masked=no timer=''
  case $unit in *.service | *.timer | *.target | *.device | *.socket) ;; *) unit=$unit.service ;; esac
  if [ -e "$state/timers/${unit%.timer}" ] && [ "$unit" != "${unit%.timer}" ]; then
    timer=${unit%.timer}
    fragment=/run/systemd/transient/$unit
    return
  fi
  for folder in /etc/systemd/system /run/systemd/system "$unit_folder"; do
    candidate=$folder/$unit
    if [ -L "$root$candidate" ]; then
      target=$(readlink "$root$candidate")
      if [ "$target" = /dev/null ]; then
        masked=yes fragment=$candidate
        return
      fi
      find_unit "${target##*/}"
      return
    elif [ -f "$root$candidate" ]; then
      fragment=$candidate
      return
    fi
  done
}

# unit_values KEY: the values of KEY= in the unit's file and drop-ins, one a line.
unit_values() {
  for part in "$root$fragment" "$root/etc/systemd/system/$unit.d"/*.conf; do
    if [ -f "$part" ]; then sed -n "s/^$1=//p" "$part"; fi
  done
}

# unit_file_state: sets file_state as systemctl's UnitFileState.
unit_file_state() {
  file_state=static
  if [ "$masked" = yes ]; then
    file_state=masked
  elif [ -n "$timer" ]; then
    file_state=transient
  elif grep -q '^\[Install\]' "$root$fragment"; then
    file_state=disabled
    for link in "$root"/etc/systemd/system/*.wants/"$unit" "$root"/etc/systemd/system/*.requires/"$unit"; do
      if [ -L "$link" ]; then file_state=enabled; fi
    done
  fi
}

is_active() { [ -n "$timer" ] || [ -e "$state/active/$unit" ]; }

# start_unit NAME
start_unit() {
  find_unit "$1"
  if [ -z "$fragment" ]; then
    echo "Failed to start $unit: Unit $unit not found." >&2
    return 5
  elif [ "$masked" = yes ]; then
    echo "Failed to start $unit: Unit $unit is masked." >&2
    return 1
  elif is_active; then
    return 0
  fi
  rm -f "$state/failed/$unit"
  for other in $(unit_values Conflicts); do (stop_unit "$other") 2>/dev/null; done
  if run_before_start && run_unit; then
    log systemd "Started $unit."
    return 0
  fi
  : >"$state/failed/$unit"
  log systemd "Failed to start $unit."
  echo "Job for $unit failed because the control process exited with error code." >&2
  echo "See \"systemctl status $unit\" and \"journalctl -xeu $unit\" for details." >&2
  return 1
}

# run_before_start: the ExecStartPre= lines that are a shell and a script of tsync; '-' in front: may fail.
run_before_start() {
  unit_values ExecStartPre | while IFS= read -r command; do
    prefix=${command%%/*}
    set -f
    # shellcheck disable=SC2086 # words
    set -- /${command#"$prefix/"}
    set +f
    case $1:${2-} in
      /bin/sh:/etc/tsync/*.sh | /usr/bin/sh:/etc/tsync/*.sh) run_below_root "$2" ;;
      *) log "$unit" "no stand-in for ExecStartPre=$command" ;;
    esac </dev/null >>"$state/journal" 2>&1 || case $prefix in *-*) ;; *) exit 1 ;; esac
  done
}

# run_below_root SCRIPT: a copy of it in which every path of the host is below the host's root; what it wrote with
# that root in front is as on a real host again afterwards. Devices are plain files here: -c becomes -e.
run_below_root() {
  here='\(^\|[^A-Za-z0-9_./}-]\)'
  copy=$state/${1##*/}
  sed -e "s#$here/\(sys\|dev\|run\|etc\|var\|proc\)/#\\1$root/\\2/#g" \
    -e "s#$root/dev/null#/dev/null#g" -e 's#\[ -c "#[ -e "#g' \
    -e "s#^PATH=.*#PATH=$home/bin:$home/tools:$PATH#" "$root$1" >"$copy"
  /bin/sh "$copy"
  run_status=$?
  for written in "$root"/run/*.conf "$root"/run/*/*.conf "$root"/etc/*.conf "$root"/etc/chrony/*.conf; do
    if grep -qsF "$root" "$written"; then
      sed "s#$root##g" "$written" >"$copy"
      cat "$copy" >"$written"
    fi
  done
  rm -f "$copy"
  return $run_status
}

# run_unit: the program of ExecStart=, with its options from the environment file.
run_unit() {
  command=$(unit_values ExecStart | tail -n 1)
  prefix=${command%%/*}
  # shellcheck disable=SC2046,SC2086 # words
  set -- /${command#"$prefix/"}
  program=$1
  arguments=$(unit_arguments "$@")
  case $program in
    */chronyd)
      chrony_arguments=$arguments
      chrony_start "$(option_value "$arguments" -f "$chrony_config")" 2>"$state/message" || {
        log chronyd "$(cat "$state/message")"
        return 1
      }
      ;;
    */systemd-timesyncd)
      set_clock "$(($(now) + 1))" 900
      mkdir -p "$root/run/systemd/timesync"
      : >"$root/run/systemd/timesync/synchronized"
      ;;
    */ntpd) ;;
    */sh)
      PATH=$home/bin:$home/tools:$PATH /bin/sh "$root$2" >>"$state/journal" 2>&1 </dev/null
      return
      ;;
  esac
  comm=$(printf %.15s "${program##*/}")
  # shellcheck disable=SC2086 # words
  new_process "$unit" "$comm" "$program" $arguments
}

# unit_arguments PROGRAM ARGUMENTS...: with $OPTIONS or $DAEMON_OPTS filled in.
unit_arguments() {
  shift
  for argument in "$@"; do
    case $argument in
      "\$$options_variable" | "\${$options_variable}")
        environment=$(unit_values EnvironmentFile | tail -n 1)
        sed -n "s/^$options_variable=//p" "$root${environment#-}" 2>/dev/null | tr -d "\"'"
        ;;
      *) echo "$argument" ;;
    esac
  done | tr '\n' ' ' | sed 's/ *$//'
}

# stop_unit NAME: an armed timer loses its process; a service that the timer started goes on.
stop_unit() {
  find_unit "$1"
  if [ -n "$timer" ]; then
    end_timer "$timer"
  elif [ -e "$state/active/$unit" ]; then
    end_process "$unit"
    log systemd "Stopped $unit."
  elif [ -z "$fragment" ]; then
    echo "Failed to stop $unit: Unit $unit not loaded." >&2
    return 5
  fi
  rm -f "$state/failed/$unit"
}

# end_timer NAME: by the process that systemd-run wrote down, if that is still the timer of this host.
end_timer() {
  read -r sleeper <"$state/timers/$1" || return 0
  rm -f "$state/timers/$1"
  if is_timer "$sleeper"; then kill -9 -- "-$sleeper" 2>/dev/null || kill -9 "$sleeper"; fi
}
is_timer() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  if [ -r /proc/self/cmdline ]; then grep -qF "$home/bin/timer" "/proc/$1/cmdline"; else ps -o args= -p "$1" | grep -qF "$home/bin/timer"; fi 2>/dev/null
}
