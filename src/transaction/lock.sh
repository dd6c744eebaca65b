# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# The lock that one program at a time holds, and processes.

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
