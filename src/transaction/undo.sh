# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Takes a transaction back.

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
