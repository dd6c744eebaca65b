# shellcheck shell=sh
# What makes a change reversible: the files of this folder. Functions only; docs/user/safety.md tells the whole story.
# An apply program is conversation.sh + these + the verbs of each kind + transaction_meta and transaction_data (generated).
# It is saved beside the backups: `sh program.sh undo MODE` takes the transaction back with nothing else, `tell` says what it changed.
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables

# locate ID: where a transaction lives. Fails on a name that is none, and where a folder of ours is a link or not root's alone.
locate() {
  base=$root/var/lib/tsync
  tx=$base/tx/$1
  if ! is_transaction_id "$1" || [ -L "$base" ] || ! only_root "/var/lib/tsync/tx/$1"; then return 1; fi
  if [ -L "$base/tx" ] || [ -L "$tx" ] || [ "$writers" != root ]; then return 1; fi
  own_in_image "$1"
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

# note TEXT: a line in the host's own log.
note() { within 5 logger -t tsync -- "$transaction run ${run:-} (${who:-}): $1" >/dev/null 2>&1; }
