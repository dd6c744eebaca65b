# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Makes the changes, behind an armed guard.

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
    # docs/user/safety.md: so many finished transactions stay on a host.
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
