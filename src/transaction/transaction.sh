# shellcheck shell=sh
# What makes a change reversible: lock, journal, backups, guard, undo. Functions only; docs/safety.md tells the whole story.
# An apply program is conversation.sh + this + the verbs of each kind + transaction_meta and transaction_data (generated).
# It is saved beside the backups: `sh program.sh undo MODE` takes the transaction back with nothing else, `tell` says what it changed.
# shellcheck disable=SC2015,SC2034 # "a && b || fail" is meant so; limit is for x
# shellcheck disable=SC2154 # nonce, root, bin, seconds, timeout, newline: conversation.sh; who, run ...: transaction_meta

# ---- small parts

# locate ID: where a transaction lives. Fails on a name that is none, and where a folder of ours is a link or not root's alone.
locate() {
  base=$root/var/lib/tsync
  tx=$base/tx/$1
  if ! is_transaction_id "$1" || [ -L "$base" ] || ! only_root "/var/lib/tsync/tx/$1"; then return 1; fi
  if [ -L "$base/tx" ] || [ -L "$tx" ] || [ "$writers" != root ]; then return 1; fi
  own_in_image "$1"
}

# rooted_folder PATH: a folder of root's that root alone may write, or one that may be made in such.
rooted_folder() { rooted "$1" && [ "$writers" = root ]; }

# within SECONDS COMMAND ARGUMENTS: like x, with a deadline of its own.
within() {
  limit=$1
  shift
  x "$@"
  set -- "$?"
  limit=10
  return "$1"
}

# pause: a fifth of a second, or one where sleep knows no fractions.
pause() { sleep 0.2 2>/dev/null || sleep 1; }

# uptime_now: sets uptime, in seconds with a fraction, monotonic.
uptime_now() { read -r uptime rest </proc/uptime || uptime=0; }

# flush FOLDER: its file system to the disk, for at most a minute; where sync knows no -f, all of them.
flush() {
  if [ -n "$timeout" ]; then
    $timeout 60 sync -f "$1" 2>/dev/null || $timeout 60 sync
  else
    sync
  fi
} </dev/null >/dev/null 2>&1

# persist FILE: its content and its name to the disk, for at most a minute; by dd, because an older sync knows no names and takes
# everything that the whole host has not written. Without it a loss of power leaves a file that was renamed empty, or lines
# of the journal away (seen with ext4), although later changes are there.
persist() {
  $timeout ${timeout:+60} dd if=/dev/null of="$1" conv=notrunc,fsync </dev/null >/dev/null 2>&1 || flush "${1%/*}"
}

on_systemd() {
  has systemd-run && has systemctl && { [ -n "$root" ] || [ -d /run/systemd/system ]; }
}

# fail REASON: the entry in hand did not succeed; the first reason is kept.
fail() {
  [ -n "$failure" ] || failure=$1
  return 1
}

# ---- processes and the lock

# process_start PID: sets started (clock ticks since boot); fails when there is no such process or only its remains.
process_start() {
  IFS= read -r stat_line 2>/dev/null <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # words
  set -- ${stat_line##*) }
  started=${20}
  [ "$1" != Z ] && [ "$1" != X ]
} 2>/dev/null

# holder_alive "PID START BOOT ROLE ID WHEN WHO": does the process that wrote this still run? Sets the holder_ variables.
holder_alive() {
  set -f
  # shellcheck disable=SC2086 # words
  set -- $1
  set +f
  [ $# -ge 6 ] || return 1
  holder_pid=$1 holder_role=$4 holder_id=$5 holder_when=$6
  holder_boot=$3 holder_start=$2
  shift 6
  holder_who=$*
  case $boot in "$holder_boot" | "$holder_boot"-*) ;; *) return 1 ;; esac
  process_start "$holder_pid" && [ "$started" = "$holder_start" ]
}

# take_lock ROLE SECONDS: the lock is a symbolic link, made in one step with its holder's name in it. On a full disk it is one of
# less than 60 bytes, which needs no block (ext4, xfs and tmpfs keep it in the inode): it says what tells a living holder from a
# dead one, and no more. An undo ends the apply program of its own transaction when that holds it; a dead holder's lock is taken over.
take_lock() {
  read -r boot </proc/sys/kernel/random/boot_id || boot=-
  process_start $$ || started=0
  uptime_now
  lock_until=$((${uptime%.*} + $2))
  until make_lock "$$ $started $boot $1 $transaction ${started_at:--} ${who:-}" || make_lock "$$ $started ${boot%%-*} $1 - -"; do
    holder=$(readlink "$base/lock" 2>/dev/null) || holder=''
    if [ -n "$holder" ]; then
      if ! holder_alive "$holder"; then
        drop_lock "$holder"
        continue
      fi
      # the lock of a tree may name any process
      if [ -z "$image" ] && [ "$1" = undo ] && [ "$holder_role:$holder_id" = "apply:$transaction" ]; then kill -9 "$holder_pid"; fi
    fi
    uptime_now
    [ "${uptime%.*}" -lt "$lock_until" ] || return 1
    pause
  done
}

# make_lock HOLDER: sets me.
make_lock() {
  me=$1
  # into a folder, ln would make a link of another name, wherever that folder is
  [ ! -L "$base/lock" ] && [ ! -d "$base/lock" ] && ln -s "$me" "$base/lock" 2>/dev/null
}

# drop_lock HOLDER: takes a dead holder's lock away, and puts it back when somebody else's came in between.
drop_lock() {
  rm -f "$base/lock.$$"
  [ ! -e "$base/lock.$$" ] && mv "$base/lock" "$base/lock.$$" 2>/dev/null || return
  taken=$(readlink "$base/lock.$$")
  [ "$taken" = "$1" ] || ln -s "$taken" "$base/lock" 2>/dev/null
  rm -f "$base/lock.$$"
}

release_lock() {
  if [ "$(readlink "$base/lock" 2>/dev/null)" = "$me" ]; then rm -f "$base/lock"; fi
}

# end_orphans: what a killed apply program left running. It goes by a mark in the environment, because `timeout`
# makes process groups of its own, and because the group of the apply program may be that of its parent. Anybody can put that
# mark into an environment: only who is what this program is (root, in all four of its ids) is meant.
end_orphans() {
  # a tree decides what its transactions are called, and so whose processes these would be
  if [ -n "$image" ]; then return 0; fi
  own_ids=$(process_ids self)
  # shellcheck disable=SC2013 # paths of /proc hold no spaces
  for orphan in $(grep -l -s -F "TSYNC_TRANSACTION=$tx:" /proc/[0-9]*/environ 2>/dev/null); do
    orphan=${orphan#/proc/}
    orphan=${orphan%/environ}
    # with its group: a script of sysv init runs with an environment of its own, below the timeout that has the mark
    if [ "$(process_ids "$orphan")" = "$own_ids" ] && ! is_ancestor "$orphan"; then kill -9 "-$orphan" "$orphan" 2>/dev/null; fi
  done
}

# process_ids PID: its user ids: real, effective, saved, of the file system.
process_ids() { sed -n 's/^Uid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null; }

# is_ancestor PID: is it this program, or one that it runs in?
is_ancestor() {
  ancestor=$$
  while [ "${ancestor:-0}" -gt 1 ]; do
    [ "$ancestor" != "$1" ] || return 0
    IFS= read -r stat_line 2>/dev/null <"/proc/$ancestor/stat" || return 1
    ancestor=${stat_line##*) ? }
    ancestor=${ancestor%% *}
  done
  return 1
} 2>/dev/null

# ---- state and journal

# read_state: sets state; empty while a transaction is prepared, when nothing is changed yet. Where it is lost, all is taken back
# that differs.
read_state() { read_transaction "$tx"; }

# make_words: a file for each state, made while there is room: a state is then a link and a rename, which need none.
make_words() {
  mkdir "$tx/words" || return 1
  for word in armed applied confirmed reverting reverted failed; do
    printf '%s\n' "$word" >"$tx/words/$word" && [ -s "$tx/words/$word" ] || return 1
  done
}

# write_state STATE: in one step, and on the disk. One that cannot be written leaves the old one as it was.
write_state() {
  word=''
  read -r word <"$tx/state"
  if [ "$word" != "$1" ]; then
    rm -f "$tx/state.new"
    if ln "$tx/words/$1" "$tx/state.new"; then
      mv -f "$tx/state.new" "$tx/state"
    elif [ -f "$tx/words/$1" ]; then
      # where no link can be made the word itself goes
      mv -f "$tx/words/$1" "$tx/state"
    else
      # an older tsync made no words, or this one is used up
      printf '%s\n' "$1" >"$tx/state.new" && persist "$tx/state.new" && mv -f "$tx/state.new" "$tx/state"
    fi
  fi && persist "$tx/state" || return 1
  journal transaction "$1" || :
} 2>/dev/null

# journal STEP STATE: one line, stamped with monotonic time.
journal() {
  uptime_now
  printf '%s %s %s\n' "$uptime" "$(encode "$1")" "$(encode "$2")" >>"$tx/journal"
} 2>/dev/null

began() { grep -q -F " $(encode "$1") begin" "$tx/journal" 2>/dev/null; }

# note TEXT: a line in the host's own log.
note() { within 5 logger -t tsync -- "$transaction run ${run:-} (${who:-}): $1" >/dev/null 2>&1; }

# ---- entries: what transaction_data lists, in its order: changes, then actions

# because RULE [UNIT]: why the next change is made, and what the user's own playbook wants restarted for it.
because() { entry_because=$1 entry_restart=${2:-}; }

# entry KIND NAME ARGUMENTS: calls PHASE_KIND for the entry that is wanted. Going forward, the first failure ends it.
entry() {
  number=$((number + 1))
  if [ "$wanted" != all ]; then
    [ "$wanted" = "$number" ] || return 0
  elif [ -n "$failure" ]; then
    return 0
  fi
  entry_kind=$1 entry_name=$2
  shift 2
  case $phase in
    make) make_entry "$@" ;;
    restore | refresh | run)
      # what did not begin is not undone; but at boot a module may have its parameter from a file that did
      if began "$entry_name" || [ "$mode:$entry_kind" = boot:parameter ]; then take_back_entry "$@"; fi
      ;;
    *) "${phase}_$entry_kind" "$@" ;;
  esac
}

make_entry() {
  if ! journal "$entry_name" begin || ! persist "$tx/journal"; then
    fail "$entry_name: the journal cannot be written"
    return
  fi
  note "$entry_name"
  if "make_$entry_kind" "$@"; then
    journal "$entry_name" "done" || fail "$entry_name: the journal cannot be written"
  fi
  if [ -n "$failure" ]; then
    journal "$entry_name" "failed"
    step "$entry_name" "failed:$failure"
  else
    step "$entry_name" "done"
  fi
}

take_back_entry() {
  "${phase}_$entry_kind" "$@"
  if [ "$phase" = restore ] && [ "$entry_kind" != action ]; then step "$entry_name" "${failure:+failed:}${failure:-restored}"; fi
}

# forward PHASE: every entry until one fails; sets failure and, where it failed, entry_name.
forward() {
  phase=$1 wanted=all number=0 failure=''
  transaction_data
  [ -z "$failure" ]
}

# backward PHASE: every entry, last first, whatever fails; failures are collected in failures.
backward() {
  wanted=0 number=0 failure=''
  transaction_data
  backward_number=$number
  while [ "$backward_number" -gt 0 ]; do
    phase=$1 wanted=$backward_number number=0 failure=''
    transaction_data
    if [ -n "$failure" ]; then failures="$failures${failures:+; }$failure"; fi
    backward_number=$((backward_number - 1))
  done
}

# ---- actions: what changes make necessary. Taken back when they began: refresh before services run, run after.

# action KIND NAME
action() { entry action "$1${2:+:$2}" "$@"; }

check_action() { :; }
restore_action() { :; }
tell_action() { :; }

# back_up_action: what an undo must know of before.
back_up_action() {
  if [ "$1" = restart ]; then service_state "$2" >"$tx/backup/$number" || :; fi
} 2>/dev/null

make_action() {
  said=''
  case $1 in
    # Another job of systemd may cancel ours: once more, and then it is the unit's own fault.
    restart) restart_once "$2" || { sleep 1 && restart_once "$2"; } || { last_words "$2"; false; } ;;
    reload-sources) within 20 chronyc reload sources ;;
    daemon-reload) within 60 systemctl daemon-reload ;;
    udev-trigger) reload_udev ;;
    *) false ;;
  esac || fail "$entry_name: ${said:-did not succeed}"
} >/dev/null 2>&1

refresh_action() {
  [ "$1" != udev-trigger ] || reload_udev || fail "$entry_name: could not be taken back"
} >/dev/null 2>&1

run_action() {
  [ "$mode" != boot ] || return 0
  said=''
  case $1 in
    restart)
      case $(cat "$tx/backup/$number") in
        active | reloading) restart_hard "$2" || { last_words "$2"; false; } ;;
        # it may have failed to start again and again, and is as before when it fails once more
        activating) restart_hard "$2" || : ;;
        *) set_activity "$2" inactive ;;
      esac
      ;;
    reload-sources) within 20 chronyc reload sources ;;
  esac || fail "$entry_name: could not be taken back${said:+: }$said"
} >/dev/null 2>&1

reload_udev() {
  within 20 udevadm control --reload &&
    within 20 udevadm trigger --subsystem-match=ptp --action=add || return 1
  [ "$mode" = boot ] || within 20 udevadm settle --timeout=15 || :
}

# ---- files and folders, for every kind

# folders PATH: makes it with what is missing above it, where only root may write, and remembers what it made.
folders() {
  if [ -z "$1" ] || [ -d "$1" ]; then return 0; fi
  only_root "${1#"$root"}" && in_image "$resolved/x" && make_folders "$resolved"
}
make_folders() {
  if [ -z "$1" ] || [ -d "$1" ]; then return 0; fi
  make_folders "${1%/*}" || return 1
  made=$1
  # a tree may be mounted elsewhere next time
  if [ -n "$image" ]; then made=${1#"$root"}; fi
  printf '%s\n' "$made" >>"$tx/made" && mkdir -m 755 "$1" || return 1
  relabelled "$1"
}

# remove_folders: those that folders made, now or in an earlier transaction, deepest first, as far as they are empty:
# a rollback leaves no folder that was not there before. The lists are data: nothing counts but a plain folder where such are made.
remove_folders() {
  if [ -n "$image" ]; then
    remove_image_folders
    return
  fi
  cat "$base/made" "$base"/tx/*/made 2>/dev/null | sort -ru | while IFS= read -r made; do
    case $made in "$root"/*) ;; *) continue ;; esac
    if [ ! -d "$made" ] || [ -L "$made" ]; then continue; fi
    if rooted "${made#"$root"}" || [ "$made" = "$root/run/tsync" ] || [ "$made" = "$root/run" ]; then
      [ "$resolved" != "$made" ] || rmdir "$made" 2>/dev/null
    fi
  done
}

# remove_image_folders: the same of this transaction; a tree's list can only name folders of the tree, by their own names.
remove_image_folders() {
  plain_in_image "$tx/made" || return 0
  head -c 65536 "$tx/made" | sort -ru | while IFS= read -r made; do
    case $made/ in
      *//* | */./* | */../*) ;;
      /*/?*) if in_image "$root$made" && [ ! -L "$root$made" ]; then rmdir "$root$made" 2>/dev/null; fi ;;
    esac
  done
}

# find_temp: sets temp and second: beside the target, with names that no daemon's folder picks up.
find_temp() {
  temp=${target%/*}/.tsync-$transaction~
  second=${target%/*}/.tsync-$transaction.$number~
}

# drop_second_names: those second names, when the transaction is over.
drop_second_names() {
  [ -f "$tx/places" ] || return 0
  if [ -n "$image" ] && ! plain_in_image "$tx/places"; then return 0; fi
  while read -r number target; do
    case $number in '' | *[!0-9]*) continue ;; esac
    find_temp
    if [ -f "$second" ] && rooted "${second#"$root"}" && in_image "$second"; then
      rm -f "$second"
      leave_folders "$second"
    fi
  done <"$tx/places"
} 2>/dev/null

# leave_folders PATH: an image keeps no list of the folders that were made in it: below /etc, those that a removed file leaves
# empty go with it, as far as no package of the image has them.
leave_folders() {
  [ -n "$image" ] || return 0
  empty=${1%/*}
  while :; do
    case $empty in "$root"/etc/*) ;; *) return 0 ;; esac
    if is_packaged "${empty#"$root"}" || ! rmdir "$empty"; then return 0; fi
    empty=${empty%/*}
  done
} 2>/dev/null

# is_packaged FOLDER: also where nobody can say.
is_packaged() {
  if [ -d "$root/var/lib/dpkg/info" ]; then
    in_image "$root/var/lib/dpkg/info/." || return 0
    for list in "$root"/var/lib/dpkg/info/*.list; do
      if [ -f "$list" ] && [ ! -L "$list" ] && grep -qsxF "$1" "$list"; then return 0; fi
    done
    return 1
  elif [ -f "$root/lib/apk/db/installed" ]; then
    file_in_image "$root/lib/apk/db/installed" || return 0
    grep -qsxF "F:${1#/}" "$root/lib/apk/db/installed"
  elif copy_rpm_database; then
    x rpm --dbpath "$rpm_database" -qf "$1" >/dev/null
  fi
}

# relabelled PATH: a new file gets the label that the host's policy has for its name.
relabelled() {
  if has restorecon; then x restorecon "$1" >/dev/null 2>&1; fi
  return 0
}

# ---- the guard

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

# ---- apply

# tsync_apply NONCE LENGTH PARAMETERS, or in the saved program: tsync_apply undo MODE PARAMETERS, tsync_apply tell PARAMETERS
tsync_apply() {
  case $1 in
    undo | tell)
      verb=$1
      shift
      "tsync_$verb" "$@"
      return
      ;;
  esac
  read_parameters "$@"
  transaction_meta
  trap '' HUP PIPE
  failure='' failures='' me='' mode=apply phase=''
  if prepare; then
    make_changes
    # docs/safety.md: so many finished transactions stay on a host.
    if [ -z "$image" ]; then forget_old 10; fi
  else
    step transaction untouched
  fi
  release_lock
  leave_image
  done_frame
}

# prepare: everything up to the armed guard; nothing of the host's own is touched.
prepare() {
  if ! locate "$transaction"; then
    step prepare 'failed:/var/lib/tsync is not a folder of which root alone writes every part'
    return 1
  fi
  if ! lasts_alike; then
    step prepare "volatile:$failure"
    return 1
  fi
  if ! mkdir -p "$base/tx" 2>/dev/null || ! chmod 700 "$base" "$base/tx"; then
    step prepare 'failed:/var/lib/tsync cannot be written'
    return 1
  fi
  # Not every busybox has it, and without it every file would seem to have been changed.
  if ! cksum </dev/null >/dev/null 2>&1; then
    step prepare 'failed:there is no cksum on this host'
    return 1
  fi
  holder_who='' holder_when='' holder_id=''
  if ! take_lock apply 0; then
    if [ -n "$holder_id" ]; then
      step lock "held:$holder_who,$holder_when,$holder_id"
    else
      step prepare 'failed:/var/lib/tsync cannot be written'
    fi
    return 1
  fi
  sweep_image
  no_open_transaction || return 1
  unsafe=''
  if ! forward check; then
    if [ -n "$unsafe" ]; then step prepare "failed:$unsafe"; else step precheck "stale:$entry_name"; fi
    return 1
  fi
  step precheck ok
  export TSYNC_TRANSACTION="$tx:"
  mkdir "$tx" 2>/dev/null || {
    step prepare 'failed:this transaction was begun before'
    return 1
  }
  if ! save_the_way_back; then
    step prepare "failed:$failure"
  elif ! arm_guard "$guard_seconds"; then
    step guard 'failed:it could not be armed'
  elif ! install_boot_hook; then
    step guard 'failed:what takes it back at the next boot could not be written'
  elif ! flush "$tx" || ! flush "$root/etc" || ! write_state armed; then
    step prepare 'failed:the state could not be written'
  else
    if [ -n "$image" ]; then step guard none; else step guard armed; fi
    return 0
  fi
  disarm
  rm -rf "$tx"
  return 1
}

# lasts_alike: does what takes the changes back last as long as they do? Where a boot empties one of the two, it leaves the other
# alone: changes that nobody takes back, or a guard for changes that are gone. Sets failure where not.
lasts_alike() {
  if [ -n "$image" ]; then return 0; fi
  failure=''
  ours_is_volatile=$(is_volatile "$base")
  same_as_ours "$root/etc" && forward lasting
}
same_as_ours() {
  case $ours_is_volatile:$(is_volatile "$1") in
    yes:no) failure="a boot empties ${base#"$root"}, and keeps ${1#"$root"}" ;;
    no:yes) failure="a boot empties ${1#"$root"}, and keeps ${base#"$root"}" ;;
    *) return 0 ;;
  esac
  return 1
}
lasting_file() { same_as_ours "$root$1"; }
lasting_service() { :; }
lasting_parameter() { :; }
lasting_action() { :; }

# is_volatile PATH: prints yes when it lies, or would lie, in memory, with every link followed: in a tmpfs, a ramfs, or an
# overlay that keeps its changes in one (where that folder can be seen from here: a container does not see its own).
is_volatile() {
  place=$1
  if [ -L "$place" ]; then place=$(readlink -f "$place"); fi
  while [ ! -e "${place:-/}" ]; do place=${place%/*}; done
  place=${place:-/}
  case $(stat -f -c %t "$place") in
    *1021994 | *858458f6) echo yes ;;
    *794c7630)
      upper=$(upper_of "$place")
      case $(stat -f -c %t "${upper:-/proc/no}") in
        *1021994 | *858458f6) echo yes ;;
        *) echo no ;;
      esac
      ;;
    *) echo no ;;
  esac
} 2>/dev/null

# upper_of PATH: prints where the overlay keeps its changes that PATH lies in: of the mount whose place is the longest beginning.
upper_of() {
  if [ -d "$1" ]; then upper_folder=$1; else upper_folder=${1%/*}/; fi
  upper_folder=$(cd "$upper_folder" && pwd -P)
  longest='' found_upper=''
  while read -r mount_id mount_parent mount_device mount_root mount_place rest; do
    case $upper_folder/ in "${mount_place%/}"/*) ;; *) continue ;; esac
    [ "${#mount_place}" -ge "${#longest}" ] || continue
    longest=$mount_place found_upper=''
    case $rest in *upperdir=*) found_upper=${rest#*upperdir=} ;; esac
  done </proc/self/mountinfo
  printf %s "${found_upper%%,*}"
}

# no_open_transaction: one at a time; who, when and which are said of another.
no_open_transaction() {
  if [ -n "$image" ]; then
    no_open_image
    return
  fi
  for other in "$base"/tx/*/; do
    other=${other%/}
    [ -d "$other" ] || continue
    read_transaction "$other"
    case $state in '' | confirmed | reverted) continue ;; esac
    other_who=$(sed -n 's/^who=//p' "$other/meta" 2>/dev/null)
    other_when=$(sed -n 's/^started=//p' "$other/meta" 2>/dev/null)
    step lock "held:$other_who,$other_when,${other##*/}"
    return 1
  done
} 2>/dev/null

# no_open_image: the same in a tree, where whatever lies there beside finished transactions stands in the way.
no_open_image() {
  for other in "$base"/tx/*; do
    [ -e "$other" ] || [ -L "$other" ] || continue
    other_state=''
    if is_transaction_id "${other##*/}" && own_in_image "${other##*/}" && plain_in_image "$other/state"; then
      other_state=$(head -c 40 "$other/state")
    fi
    case $other_state in confirmed | reverted) continue ;; esac
    step lock "held:unknown,unknown,${other##*/}"
    return 1
  done
} 2>/dev/null

# save_the_way_back: backups, this program, who and when, which transactions were there before this one, the words of its states,
# and some space for the journal of an undo on a full disk.
save_the_way_back() {
  mkdir "$tx/backup" && : >"$tx/journal" && { [ -n "$image" ] || make_words; } && ls "$base/tx" >"$tx/earlier" &&
    printf '%s\n' "id=$transaction" "run=$run" "who=$who" "host=$host" "started=$started_at" \
      "guard_seconds=$guard_seconds" "plan_digest=$plan_digest" "version=$version" >"$tx/meta" &&
    save_program &&
    head -c 65536 /dev/zero >"$tx/reserve" || fail 'the way back could not be written'
  [ -z "$failure" ] && forward back_up
} 2>/dev/null

# save_program: of an image, what is changed, as data: nobody runs anything that lies in a tree.
save_program() {
  if [ -n "$image" ]; then
    # no more than one section can tell
    transaction_record >"$tx/record" && [ -z "$(tail -c +65001 "$tx/record" | head -c 1)" ] && [ "$(cksum <"$tx/record")" = "$(transaction_record | cksum)" ]
  else
    put "$p" >"$tx/program.sh" && [ "$(cksum <"$tx/program.sh")" = "$(put "$p" | cksum)" ]
  fi
}

make_changes() {
  note "begins; guard $guard_seconds s"
  if forward make && flush "$root/etc" && write_state applied; then
    step transaction applied
    return
  fi
  [ -n "$failure" ] || failure='the state could not be written'
  note "failed: $failure"
  mode=now
  undo_locked
}

# ---- what is kept

# forget_old NUMBER: of the finished transactions the newest NUMBER stay; names begin with the time. One that holds what somebody
# else wrote is not counted, and stays until a person has it cleaned away.
forget_old() {
  surplus=$((0 - $1))
  for old_state in "$base"/tx/*/state; do
    if is_final "$old_state" && ! holds_found "${old_state%/state}"; then surplus=$((surplus + 1)); fi
  done
  for old_state in "$base"/tx/*/state; do
    [ "$surplus" -gt 0 ] || return 0
    if is_final "$old_state" && ! holds_found "${old_state%/state}" && [ "$old_state" != "$tx/state" ]; then
      forget "${old_state%/state}"
      surplus=$((surplus - 1))
    fi
  done
}

is_final() {
  old_word=${1%/state}
  if [ -L "$old_word" ] || [ -L "$1" ] || ! is_transaction_id "${old_word##*/}"; then return 1; fi
  old_word=''
  read -r old_word <"$1" || :
  case $old_word in confirmed | reverted) ;; *) return 1 ;; esac
} 2>/dev/null

# holds_found FOLDER: are there copies of what somebody else wrote, that nobody has merged and removed yet?
holds_found() {
  for kept in "$1"/backup/*.found*; do
    case $kept in *.new) ;; *) if [ -f "$kept" ]; then return 0; fi ;; esac
  done
  while read -r kept found_path; do
    if [ -f "$root$kept" ]; then return 0; fi
  done <"$1/found"
  return 1
} 2>/dev/null

# forget FOLDER: takes a finished transaction away, in one step as far as others see; of the folders that it made a list
# stays, for the rollback that finds them empty.
forget() {
  if [ -s "$1/made" ]; then
    cat "$base/made" "$1/made" 2>/dev/null | sort -u >"$base/made.new" && mv -f "$base/made.new" "$base/made" || return 1
  fi
  mv "$1" "$base/tx/.gone-${1##*/}" && rm -rf "$base/tx"/.gone-*
} 2>/dev/null

# sweep_image: what was killed before it changed anything, where it bears our marks: its name, and the same in its meta; or nothing yet.
sweep_image() {
  [ -n "$image" ] || return 0
  for other in "$base"/tx/*; do
    if ! is_transaction_id "${other##*/}" || ! own_in_image "${other##*/}" || [ ! -d "$other" ]; then continue; fi
    if [ -e "$other/state" ] || [ -L "$other/state" ]; then continue; fi
    if [ -e "$other/journal" ] || [ -L "$other/journal" ]; then
      plain_in_image "$other/journal" && ! grep -qs ' begin$' "$other/journal" || continue
    fi
    if plain_in_image "$other/meta" && head -c 2048 "$other/meta" | grep -qxF "id=${other##*/}"; then
      rm -rf "$other"
    else
      if [ ! -s "$other/journal" ]; then rm -f "$other/journal"; fi
      rmdir "$other/backup" "$other"
    fi
  done
} 2>/dev/null

# forget_image, leave_image: an image that is done carries nothing of tsync's own.
forget_image() {
  if [ -n "$image" ] && own_in_image "$transaction"; then rm -rf "$tx"; fi
}
leave_image() {
  if [ -n "$image" ] && own_in_image; then rmdir "$base/tx" "$base"; fi
  return 0
} 2>/dev/null

# ---- undo

# tsync_undo MODE PARAMETERS. Modes: now, guard, revert (all the same but for the journal), boot (files and links only;
# services are told, not waited for), wait:SECONDS:GUARD (a guard without systemd).
tsync_undo() {
  mode=$1
  shift
  read_saved_parameters "$@" || return 1
  failure='' failures='' me='' holder='' phase=''
  trap '' HUP PIPE INT TERM
  case $mode in
    boot) if is_marked_boot; then return 0; fi ;;
    wait:*)
      mode=${mode#wait:}
      sleep_out "${mode%%:*}" "${mode#*:}" || return 1
      mode=guard
      ;;
  esac
  if ! take_lock undo 300; then
    step transaction "failed:the lock is held by $holder"
    return 1
  fi
  end_orphans
  undo_locked
  release_lock
  leave_image
}

# undo_locked: from whatever state to reverted, unless it is confirmed. Can be killed anywhere and run again.
undo_locked() {
  read_state
  case $state in
    confirmed | reverted)
      disarm
      step transaction "$state"
      return
      ;;
    '') : ;;
    *) if ! superseded; then restore_all; fi ;;
  esac
  if [ -n "$failures" ]; then
    note "could not be taken back: $failures"
    write_state failed
    stop_guards
    step transaction "failed:$failures"
  elif write_state reverted; then
    disarm
    note 'taken back'
    forget_image
    step transaction reverted
  else
    # it is open, and nothing begins before a person has settled it; what is armed must not come back later
    disarm
    note 'taken back, but the state could not be written'
    step transaction 'failed:taken back, but the state could not be written'
  fi
}

# superseded: was a later transaction made over this one, and not taken back? Then nothing is restored: what it proved would go.
# Only a person on the host (`undo now`) is asked nothing. Sets failures, unless all is as before anyway.
superseded() {
  [ "$mode" != now ] || return 1
  for other in "$base"/tx/*/; do
    other=${other%/}
    if [ ! -d "$other" ] || [ "$other" = "$tx" ]; then continue; fi
    read_transaction "$other"
    later_state=$state
    case $state in '' | reverted) continue ;; esac
    if is_later "$other" && shares_entry "$other"; then
      if forward check; then return 0; fi
      failures="superseded by ${other##*/} ($later_state): nothing was restored"
      journal superseded "${other##*/}"
      return 0
    fi
  done
  return 1
}

# is_later FOLDER: it found this one there when it began. An older tsync left no word of that: then by name and by time, both,
# because the clock of neither machine need be right.
is_later() {
  if [ -f "$1/earlier" ]; then
    grep -qxF "${tx##*/}" "$1/earlier"
  else
    expr "${1##*/}" \> "${tx##*/}" && [ -n "$(find "$1/program.sh" -newer "$tx/program.sh")" ]
  fi
} >/dev/null 2>&1

# shares_entry FOLDER: did both begin to change, or to restart, one thing?
shares_entry() {
  while read -r began_at began_name began_word; do
    if [ "$began_word" = begin ] && grep -qF " $began_name begin" "$tx/journal"; then return 0; fi
  done <"$1/journal"
  return 1
} 2>/dev/null

# restore_all: files and links, then what follows from them, then what ran; then a look whether all is as before.
restore_all() {
  failures=''
  rm -f "$tx/reserve"
  journal undo "$mode"
  write_state reverting
  backward restore
  if on_systemd; then within 60 systemctl daemon-reload; fi >/dev/null 2>&1
  backward refresh
  backward run
  flush "$root/etc"
  if [ -z "$failures" ] && ! forward check; then failures="$entry_name is not as before"; fi
}

# tsync_take_back NONCE LENGTH PARAMETERS: the undo of what is open in an image tree. Its entries are of this program; journal
# and backups are the tree's, as data.
tsync_take_back() {
  read_parameters "$@"
  transaction_meta
  trap '' HUP PIPE
  failure='' failures='' me='' holder='' mode=revert phase=''
  open_transaction "$transaction"
  if [ -z "$image" ] || [ "$state" = absent ] || [ "$state" = unreadable ]; then
    step transaction 'failed:what lies in /var/lib/tsync is not as tsync leaves it'
  elif ! take_lock undo 20; then
    step transaction "failed:the lock is held by $holder"
  else
    undo_locked
    release_lock
    leave_image
  fi
  done_frame
}

# is_plain_record: is every file of a transaction in a tree a file, and none that is written to one that has another name elsewhere?
is_plain_record() {
  own_in_image "$transaction" &&
    [ -z "$(find "$tx" ! -type f ! -path "$tx" ! -path "$tx/backup" | head -c 1)" ] &&
    [ -z "$(find "$tx" -type f -links +1 ! -name state | head -c 1)" ]
} 2>/dev/null

# tell_record ID: what an open transaction of an image tree says that it changed.
tell_record() {
  open_transaction "$1"
  if [ -z "$image" ] || [ "$state" = absent ] || [ "$state" = unreadable ] || [ ! -s "$tx/record" ]; then
    step record "refused:$state"
    return
  fi
  begin record
  say "$(head -c 65537 "$tx/record")"
  finish
  step record told
} 2>/dev/null

# read_saved_parameters PARAMETERS: of a program that lies on the host already. `nonce=-`: the nonce is the first line of input.
read_saved_parameters() {
  unset saved_nonce
  saved_nonce=undo
  for parameter in "$@"; do
    case $parameter in nonce=-) IFS= read -r saved_nonce ;; esac
  done
  read_parameters "$saved_nonce" 0 "$@"
  unsafe=''
  transaction_meta
  locate "$transaction"
}

# tsync_tell PARAMETERS: prints what was changed, entry by entry: before and after, for whoever has nothing but this host.
tsync_tell() {
  read_saved_parameters "$@" || return 1
  if forward tell; then step tell told; fi
}

# begin_entry KIND NAME: the first lines about a change.
begin_entry() {
  begin "entry:$number"
  for told in "kind=$1" "name=$2" "because=$entry_because" "restart=$entry_restart"; do say "$told"; done
}

# ---- what somebody else wrote

# keep_found FILE PATH: what an undo finds in a file that is neither as before nor as after: kept aside, and said in every place
# where somebody may look. What an undo before this one kept stays too.
keep_found() {
  find_kept "$1" || copy_kept "$1" || fail "$2: what somebody else wrote there could not be kept" || return
  if ! grep -qxF "${kept#"$root"} $2" "$tx/found"; then
    printf '%s\n' "${kept#"$root"} $2" >>"$tx/found"
    journal "found-kept:$2" "${kept#"$root"}"
    note "found-kept: somebody else wrote $2 meanwhile; that is kept as ${kept#"$root"}"
  fi
  step "found-kept:$2" "${kept#"$root"}"
} 2>/dev/null

# find_kept FILE: sets kept to the copy that is there already; fails, with the first name that is free, where there is none.
find_kept() {
  found_number=1
  kept=${1%/*}/.tsync-$transaction.$number.found~
  if same_bytes "$1" "$kept"; then return 0; fi
  kept=$tx/backup/$number.found
  while [ -f "$kept" ]; do
    if same_bytes "$1" "$kept"; then return 0; fi
    found_number=$((found_number + 1)) kept=$tx/backup/$number.found.$found_number
  done
  return 1
}

# copy_kept FILE: as kept. Without space for a copy it becomes another name of the file itself, which the restored one replaces: with
# the backups or, where those are on another file system, beside the file.
copy_kept() {
  if cp -a "$1" "$kept.new" && same_bytes "$1" "$kept.new" && mv -f "$kept.new" "$kept"; then return 0; fi
  rm -f "$kept.new"
  found_linked=yes
  ln "$1" "$kept" && return
  kept=${1%/*}/.tsync-$transaction.$number.found~
  ln "$1" "$kept"
}

same_bytes() { [ -f "$2" ] && [ "$(cksum <"$1")" = "$(cksum <"$2")" ]; }

# tell_found: the same of the transaction in hand, to whoever asks later.
tell_found() {
  if [ -n "$image" ]; then return 0; fi
  while read -r kept found_path; do
    if [ -f "$root$kept" ]; then step "found-kept:$found_path" "$kept"; fi
  done <"$tx/found"
} 2>/dev/null

# ---- settle

# tsync_settle NONCE LENGTH PARAMETERS: verification and verdict, one request a line; see docs/host-programs.md.
tsync_settle() {
  read_parameters "$@"
  who='' run='' started_at='' me=''
  for parameter in "$@"; do
    case $parameter in who=*) who=${parameter#*=} ;; esac
  done
  watchdog "${seconds:-600}"
  idle
  while IFS= read -r request; do
    # shellcheck disable=SC2086 # words
    case $request in
      probe) probe_sections ;;
      list) probe_transactions all ;;
      clock) clock_exchanges ;;
      'confirm '*) step confirm "$(confirm_transaction "${request#* }")" ;;
      'revert '*) revert_transaction "${request#* }" ;;
      'extend '*)
        set -f
        set -- ${request#* } '' ''
        set +f
        step extend "$(extend_transaction "$1" "$2")"
        ;;
      'record '*) tell_record "${request#* }" ;;
      'state '*)
        open_transaction "${request#* }"
        tell_found
        step state "$state"
        ;;
      'tell '*) tell_transaction "${request#* }" ;;
      'clean '*)
        set -f
        set -- ${request#* } ''
        set +f
        step clean "$(clean_transaction "$1" "$2")"
        ;;
      'preflight '*)
        set -f
        set -- ${request#* }
        set +f
        preflight "$@"
        ;;
      bye) break ;;
    esac
    idle
  done
  unwatch
  done_frame
}

# open_transaction ID: sets transaction, tx, state ("absent": no such transaction, "preparing": nothing changed yet).
open_transaction() {
  transaction=$1
  if ! locate "$1" || [ ! -d "$tx" ]; then
    state=absent
    return 1
  fi
  if [ -n "$image" ] && ! is_plain_record; then
    state=unreadable
    return 1
  fi
  read_state
  state=${state:-preparing}
}

# confirm_transaction ID: prints confirmed, or refused with the state. The state comes first, then the guard goes. What was not
# restored because a later transaction was made over it can be confirmed too: there is no other end for it.
confirm_transaction() {
  open_transaction "$1"
  if may_confirm && ! take_lock confirm 20; then
    state=locked
  elif may_confirm; then
    read_state
  fi
  if may_confirm && write_state confirmed; then
    flush "$tx"
    disarm
    note confirmed
    state=confirmed
    forget_image
  fi
  release_lock
  leave_image
  if [ "$state" = confirmed ]; then echo confirmed; else echo "refused:${state:-absent}"; fi
}

may_confirm() {
  case $state in
    applied) ;;
    failed) grep -q ' superseded ' "$tx/journal" ;;
    *) return 1 ;;
  esac
}

# revert_transaction ID: runs the saved program's undo in a process of its own, which outlives this conversation.
revert_transaction() {
  open_transaction "$1"
  # what lies in a tree is not run: tsync sends a program of its own (tsync_take_back)
  if [ -n "$image" ]; then state=image; fi
  case $state in
    image) step revert refused:image ;;
    absent | confirmed) step revert "refused:$state" ;;
    *)
      note 'to be taken back'
      if [ -f "$tx/program.sh" ]; then
        run_saved undo revert 2>/dev/null
      fi
      open_transaction "$1"
      case $state in
        reverted | confirmed) step revert "$state" ;;
        *) step revert "failed:$state" ;;
      esac
      ;;
  esac
}

# run_saved WORDS: the saved program, which is given the nonce as its input: not in its arguments, which everybody can read.
run_saved() { echo "$nonce" | /bin/sh "$tx/program.sh" "$@" "root=$root" "bin=$bin" "image=$image" nonce=-; }

# extend_transaction ID SECONDS: a new guard first, then the old one goes. Prints extended, or refused with the state.
extend_transaction() {
  open_transaction "$1"
  case $2 in '' | *[!0-9]* | ???????*) state=seconds ;; esac
  case $state in
    armed | applied)
      if ! take_lock extend 20; then state=locked; fi
      ;;
  esac
  if [ "$state" != locked ] && [ "$state" != seconds ]; then open_transaction "$1"; fi
  case $state in
    armed | applied)
      if arm_guard "$2"; then
        stop_guards "$guard"
        note "guard extended to $2 s"
        echo extended
      else
        echo 'refused:guard'
      fi
      ;;
    *) echo "refused:$state" ;;
  esac
  release_lock
}

# tell_transaction ID: what a confirmed transaction changed, told by its saved program. An older tsync's cannot speak to this one.
tell_transaction() {
  open_transaction "$1"
  if [ -n "$image" ]; then
    step tell refused:image
  elif [ "$state" = confirmed ] && grep -q '^run_saved()' "$tx/program.sh"; then
    run_saved tell
  else
    step tell "refused:$state"
  fi
} 2>/dev/null

# clean_transaction ID [found]: takes what a finished transaction left away, and what was left of one that never began. Prints
# cleaned, or refused with the state; refused:found where it holds what somebody else wrote, and the word found is not said.
clean_transaction() {
  open_transaction "$1"
  if [ "${2:-}" != found ] && [ "$state" != absent ] && holds_found "$tx"; then
    echo 'refused:found'
    return
  fi
  case $state in
    confirmed | reverted | preparing) if ! take_lock clean 20; then state=locked; fi ;;
  esac
  if [ "$state" != locked ]; then open_transaction "$1"; fi
  case $state in
    preparing) disarm ;;
  esac
  case $state in
    confirmed | reverted | preparing) if forget_transaction; then state=cleaned; else state=failed; fi ;;
  esac
  release_lock
  leave_image
  if [ "$state" = cleaned ]; then echo cleaned; else echo "refused:$state"; fi
}

# forget_transaction: an image keeps no list of the folders that were made.
forget_transaction() {
  if [ -z "$image" ]; then
    forget "$tx"
  else
    own_in_image "$transaction" && rm -rf "$tx"
  fi
}

# preflight SECONDS SERVER...: asks each server once, beside a running chronyd (tried with 4.3).
preflight() {
  case $1 in '' | *[!0-9]* | ???*) return ;; esac
  preflight_seconds=$1
  shift
  limit=$((preflight_seconds + 5))
  for server in "$@"; do
    section "preflight:$server" chronyd -Q -t "$preflight_seconds" "server $server iburst" 'cmdport 0' 'port 0'
  done
  limit=10
}
