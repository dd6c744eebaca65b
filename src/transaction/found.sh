# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# What somebody else wrote into a file meanwhile.

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
