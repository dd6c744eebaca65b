# shellcheck shell=sh
# The verbs for services: units of systemd, scripts of OpenRC and sysv init. A state is ACTIVE MASKED LINKS: active or inactive, masked or unmasked,
# and every link that enables the unit, one "path -> target" a line.
# shellcheck disable=SC2154 # root, tx, number, mode, newline: src/transaction, conversation.sh

# change_service UNIT [state before: 3 words] [state after: 3 words]
change_service() { entry service "service:$1" "$@"; }

check_service() {
  if ! each_link lone_link "$4" "$7" || ! each_link lone_link "$7" "$4"; then
    unsafe="$1: others than root may write where its links are"
    fail "$unsafe"
    return
  fi
  links_are "$4" "$7" && no_other_links "$1" "$4" && [ "$(mask_of "$1")" = "$3" ] ||
    fail "$1: its links are not as they were" || return
  [ "$mode" = boot ] || activity_is "$1" "$2" || fail "$1: is not $2"
} 2>/dev/null

back_up_service() { :; }

# make_service: stopped while its unit is still there, started when it is there again.
make_service() {
  if [ "$5" = inactive ]; then set_activity "$1" inactive || fail "$1: could not be stopped" || return; fi
  set_links "$1" "$7" "$4" "$6" || fail "$1: its links could not be set" || return
  if [ "$6 $7" != "$3 $4" ] && on_systemd; then
    within 60 systemctl daemon-reload || fail "$1: systemd could not be reloaded" || return
  fi
  set_activity "$1" "$5" && return
  said=''
  if [ "$5" = active ]; then last_words "$1"; fi
  fail "$1: could not be made $5${said:+: }$said"
} >/dev/null 2>&1

restore_service() {
  set_links "$1" "$4" "$7" "$3" || fail "$1: its links could not be restored"
} 2>/dev/null

refresh_service() { :; }
lasting_service() { :; }

# run_service: at boot the init itself starts and stops by the links that were restored; systemd is told to.
run_service() {
  [ "$2" != "$5" ] || return 0
  if [ "$mode" != boot ]; then
    set_activity "$1" "$2" || fail "$1: could not be made $2"
  elif on_systemd; then
    within 20 systemctl --no-block "$(verb_for "$2")" "$1"
  fi
} >/dev/null 2>&1

tell_service() {
  begin_entry service "$1"
  say "before=$2 $3"
  say "after=$5 $6"
  tell_links before "$4"
  tell_links after "$7"
  finish
}

# tell_links WHEN LINKS: a line for each.
tell_links() { [ -z "$2" ] || say "$(put "$2" | sed "s/^/$1-link=/")"; }

# ---- running or not, as the init of this host tells and does it

verb_for() { if [ "$1" = active ]; then echo start; else echo stop; fi; }

# service_state NAME: prints active, inactive, or what else systemd says.
service_state() {
  if on_systemd; then
    x systemctl is-active "$1"
  elif tell_script "$1" status; then
    echo active
  else
    echo inactive
  fi
} 2>/dev/null

# tell_script NAME VERB: without systemd. What it starts must not hold our pipes open, nor get our umask.
tell_script() {
  (
    umask 022
    cd "${root:-/}" || exit 1
    if on_openrc; then within 100 rc-service "$1" "$2"; else within 100 service "$1" "$2"; fi
  ) >/dev/null 2>&1
}

# activity_is NAME active|inactive: a unit that is just starting may count as either.
activity_is() {
  case $(service_state "$1") in
    active | reloading) [ "$2" = active ] ;;
    activating) : ;;
    *) [ "$2" = inactive ] ;;
  esac
}

# set_activity NAME active|inactive: systemd itself kills after 90 seconds what hangs on stop.
set_activity() {
  # of an image nothing runs, and nothing here may be told to
  if [ -n "$image" ]; then
    [ "$2" = inactive ]
    return
  fi
  if ! on_systemd; then
    set_script_activity "$1" "$2"
    return
  fi
  if [ "$(service_state "$1")" != activating ] && activity_is "$1" "$2"; then return 0; fi
  within 100 systemctl "$(verb_for "$2")" "$1"
  if [ "$2" = inactive ] && ! activity_is "$1" inactive; then within 20 systemctl kill --signal=KILL "$1"; fi
  activity_is "$1" "$2"
}

# set_script_activity NAME active|inactive: a script may come back before its daemon has ended, so it is waited for.
set_script_activity() {
  if activity_is "$1" "$2"; then return 0; fi
  if tell_script "$1" "$(verb_for "$2")" && await_activity "$1" "$2" 20; then return 0; fi
  if [ "$2" = inactive ]; then
    kill_by_pid_file "$1"
  else
    # OpenRC takes what died by itself for started
    if on_openrc; then tell_script "$1" zap; fi
    tell_script "$1" start
  fi
  await_activity "$1" "$2" 3
}

# await_activity NAME active|inactive TIMES
await_activity() {
  awaited=$3
  until activity_is "$1" "$2"; do
    [ "$awaited" -gt 0 ] || return 1
    awaited=$((awaited - 1))
    sleep 1
  done
}

# kill_by_pid_file NAME: what does not end when its script tells it to. The process must bear the service's name.
kill_by_pid_file() {
  for pid_file in "$root/run/$1".pid "$root/run/$1"d.pid "$root/run/$1"/*.pid "$root/var/run/$1".pid "$root/var/run/$1"d.pid; do
    read -r daemon_pid 2>/dev/null <"$pid_file" || continue
    case $daemon_pid in '' | 0 | 1 | *[!0-9]*) continue ;; esac
    IFS= read -r stat_line 2>/dev/null <"/proc/$daemon_pid/stat" || continue
    case $stat_line in *"($1)"* | *"($1d)"*) kill -9 "$daemon_pid" ;; esac
  done
}

# restart_once NAME: sets said to the first line that systemctl printed. A script's own restart is not used: Debian's for chrony
# starts before the old daemon has ended, finds it running, and leaves none (tried).
restart_once() {
  said=''
  if ! on_systemd; then
    set_script_activity "$1" inactive && set_script_activity "$1" active
    return
  fi
  if said=$(within 100 systemctl restart "$1" 2>&1) && activity_is "$1" active; then return 0; fi
  said=${said%%"$newline"*}
  return 1
}

# last_words NAME: sets said to what its processes last wrote into the journal since it was started last, where systemd can tell.
last_words() {
  on_systemd || return 0
  invocation=$(x systemctl show -p InvocationID "$1")
  invocation=${invocation#InvocationID=}
  case $invocation in '' | *[!0-9a-f]*) return 0 ;; esac
  words=$(within 10 journalctl -q --no-pager -o cat -n 1 "_SYSTEMD_INVOCATION_ID=$invocation" | head -c 300)
  said=${words:-$said}
} 2>/dev/null

# restart_hard NAME: also one that hangs on stop.
restart_hard() {
  if ! on_systemd; then
    restart_once "$1"
    return
  fi
  within 100 systemctl restart "$1" && activity_is "$1" active && return
  within 20 systemctl kill --signal=KILL "$1"
  within 20 systemctl reset-failed "$1"
  within 100 systemctl restart "$1" && activity_is "$1" active
}

# ---- links

mask_of() {
  if [ "$(readlink "$root/etc/systemd/system/$1")" = /dev/null ]; then echo masked; else echo unmasked; fi
}

# listed LINK LINKS
listed() { case $newline$2$newline in *"$newline$1$newline"*) : ;; *) return 1 ;; esac }

# each_link FUNCTION LINKS [OTHERS]: calls it with path, target, line and OTHERS for each link; fails when one call does.
each_link() {
  each_status=0
  old_ifs=$IFS
  IFS=$newline
  set -f
  for link in $2; do
    IFS=$old_ifs
    "$1" "$root${link%% -> *}" "${link#* -> }" "$link" "${3:-}" || each_status=1
  done
  IFS=$old_ifs
  set +f
  return "$each_status"
}

link_is() { [ "$(readlink "$1")" = "$2" ]; }
link_is_no_more() { listed "$3" "$4" || { [ ! -L "$1" ] && [ ! -e "$1" ]; }; }
make_link() { link_is "$1" "$2" || { lone_link "$1" && folders "${1%/*}" && rm -f "$1" && ln -s "$2" "$1"; }; }
remove_link() { listed "$3" "$4" || { [ ! -L "$1" ] && [ ! -e "$1" ]; } || { lone_link "$1" && rm -f "$1"; }; }

# lone_link PATH [TARGET LINE OTHERS]: does a link lie below /etc, where root alone may write? What stays as it is is not asked for.
lone_link() {
  if [ -n "${4:-}" ] && listed "$3" "$4"; then return 0; fi
  link_folder=${1#"$root"}
  case $link_folder in /etc/?*/?*) ;; *) return 1 ;; esac
  rooted_folder "${link_folder%/*}" && in_image "$1"
}

# links_are LINKS OTHERS: all of the first are there, and none that only the second names.
links_are() { each_link link_is "$1" && each_link link_is_no_more "$2" "$1"; }

# no_other_links NAME LINKS: nothing else in /etc starts or stops it.
no_other_links() {
  for link in "$root"/etc/systemd/system/*.wants/"$1" "$root"/etc/systemd/system/*.requires/"$1" \
    "$root"/etc/runlevels/*/"$1" "$root"/etc/rc[0-6S].d/[SK][0-9][0-9]"$1" \
    "$root"/etc/rc.d/rc[0-6S].d/[SK][0-9][0-9]"$1" "$root"/etc/init.d/rc[0-6S].d/[SK][0-9][0-9]"$1"; do
    # a folder of runlevels may be a link to the real one
    if [ ! -L "$link" ] || [ -L "${link%/*}" ] || [ -L "${link%/*/*}" ]; then continue; fi
    listed "${link#"$root"} -> $(readlink "$link")" "$2" || return 1
  done
}

# set_links NAME LINKS OTHERS MASK: exactly the first, none that only the second names, masked or not.
set_links() {
  each_link remove_link "$3" "$2" || return 1
  mask=$root/etc/systemd/system/$1
  case $1 in */*) return 1 ;; esac
  if [ "$4" != "$(mask_of "$1")" ]; then lone_link "$mask" || return 1; fi
  if [ "$4" = unmasked ] && [ "$(mask_of "$1")" = masked ]; then rm -f "$mask" || return 1; fi
  each_link make_link "$2" || return 1
  if [ "$4" = masked ] && [ "$(mask_of "$1")" = unmasked ]; then
    # only systemd knows a mask, and of an image it is not asked
    on_systemd || [ -n "$image" ] || return 1
    # a unit file of the administrator's own in that place is not ours to remove
    [ ! -e "$mask" ] && folders "${mask%/*}" && ln -s /dev/null "$mask" || return 1
  fi
  links_are "$2" "$3" && [ "$(mask_of "$1")" = "$4" ]
}
