# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Says what a transaction changed.

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

# run_saved WORDS: the saved program, which is given the nonce as its input: not in its arguments, which everybody can read.
run_saved() { echo "$nonce" | /bin/sh "$tx/program.sh" "$@" "root=$root" "bin=$bin" "image=$image" nonce=-; }
