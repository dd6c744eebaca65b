# shellcheck shell=sh
# The verbs for files. A state is MODE OWNER GROUP LENGTH CKSUM; absent is "absent - - - -".
# shellcheck disable=SC2015 # "a && b || fail" is meant so
# shellcheck disable=SC2154 # root, tx, number, transaction, temp, second: src/transaction; resolved, words, ways ...: conversation.sh

# change_file PATH [state before: 5 words] [state after: 5 words] CONTENT
change_file() { entry file "file:$1" "$@"; }

# find_target PATH: sets target, where a symbolic link is followed to its file and never replaced, and found, its mode, owner and group;
# empty when there is none. Fails where others than root may change anything on the way, and where no file of root's belongs.
find_target() {
  if ! rooted "$1" || ! in_image "$resolved"; then
    unsafe="$1: others than root may write there, or it is no place for a file of root's"
    fail "$unsafe"
    return
  fi
  target=$resolved
  # shellcheck disable=SC2086 # six words: uid, gid, mode, owner, group, size
  set -- "$1" $words
  # below a root of its own, an ordinary user's files count as root's
  if [ $# = 1 ]; then
    found=''
  elif [ "$own_uid:$own_gid" = "$2:$3" ]; then
    found="$4 root root"
  else
    found="$4 $5 $6"
  fi
  if [ -L "$root$1" ] && [ ! -f "$target" ]; then
    fail "$1: the link leads nowhere"
    return
  fi
}

# target_is MODE OWNER GROUP LENGTH CKSUM: by what find_target saw.
target_is() {
  if [ "$1" = absent ]; then
    [ -z "$found" ] && [ ! -e "$target" ] && [ ! -L "$target" ]
    return
  fi
  [ -f "$target" ] && [ "$found" = "$1 $2 $3" ] && [ "$(cksum <"$target")" = "$5 $4" ]
}

# keep_place: where the target of this change is, for whoever writes there later: same_place looks whether it still is.
keep_place() { printf '%s %s\n' "$number" "$target" >>"$tx/places"; }

same_place() {
  # of a tree the list is the tree's own word; where its names lead has been looked at
  if [ -n "$image" ]; then return 0; fi
  place=''
  while IFS= read -r place; do
    case $place in "$number "*) break ;; esac
    place=''
  done <"$tx/places"
  [ "$place" = "$number $target" ] || fail "$1: it leads elsewhere than before"
}

# attributes FILE: prints mode, owner and group. Below a root of its own, an ordinary user's files count as root's.
attributes() {
  found=$(stat -c '%a %U %G' "$1" 2>/dev/null) || return 1
  if [ -n "$root" ]; then
    case $(stat -L -c '%u %U %G' /proc/self) in
      "0 "*) ;;
      *" ${found#* }") found="${found%% *} root root" ;;
    esac
  fi
  printf %s "$found"
}

# file_is FILE MODE OWNER GROUP LENGTH CKSUM
file_is() {
  if [ "$2" = absent ]; then
    [ ! -e "$1" ] && [ ! -L "$1" ]
    return
  fi
  [ -f "$1" ] && [ "$(attributes "$1")" = "$2 $3 $4" ] && [ "$(cksum <"$1")" = "$6 $5" ]
}

check_file() {
  find_target "$1" && target_is "$2" "$3" "$4" "$5" "$6" || fail "$entry_name: not as it was when planned"
} 2>/dev/null

back_up_file() {
  find_target "$1" || return
  keep_place || fail "$1: no backup could be made" || return
  [ "$2" != absent ] || return 0
  cp -a "$target" "$tx/backup/$number" && file_is "$tx/backup/$number" "$2" "$3" "$4" "$5" "$6" ||
    fail "$1: no backup could be made"
} 2>/dev/null

make_file() {
  find_target "$1" && same_place "$1" || return
  [ "$found" = "$2 $3 $4" ] || [ "$2$found" = absent ] || fail "$1: not as it was when planned" || return
  find_temp
  if [ "$7" = absent ]; then
    remove_generated
    keep_old "$2"
    rm -f "$target" && file_is "$target" absent || fail "$1: could not be removed"
    leave_folders "$target"
    return
  fi
  if [ ! -d "${target%/*}" ]; then
    folders "${target%/*}" || fail "$1: its folder could not be made" || return
    find_target "$1" && same_place "$1" || return
  fi
  # a folder that was seen, and not one that could not be looked into
  case $ways in *"$newline${target%/*}$newline"*) ;; *) fail "$1: its folder cannot be seen" || return ;; esac
  write_temp "${12}" "${10}" "${11}" || fail "$1: could not be written in full" || return
  own_temp "$7" "$8" "$9" || fail "$1: owner or mode could not be set" || return
  keep_old "$2"
  mv -f "$temp" "$target" || fail "$1: could not be replaced" || return
  if [ "$2" = absent ]; then relabelled "$target"; fi
  file_is "$target" "$7" "$8" "$9" "${10}" "${11}" || fail "$1: is not what was written"
} 2>/dev/null

# keep_old MODE: the old file by a second name, so that an undo needs no space for it. Where a file system knows none, the backup does.
keep_old() {
  if [ "$1" != absent ]; then ln "$target" "$second"; fi
  return 0
}

# write_temp CONTENT LENGTH CKSUM: into a copy of the old file, which brings extended attributes and label. No name and no link that
# is there already is written through.
write_temp() {
  rm -f "$temp"
  if [ -e "$temp" ] || [ -L "$temp" ]; then return 1; fi
  if [ -n "$found" ]; then
    cp -a "$target" "$temp" && chmod 600 "$temp" && put "$1" >"$temp" || return 1
  else
    set -C
    put "$1" >"$temp"
    set +C
  fi
  [ "$(cksum <"$temp")" = "$3 $2" ]
}

# own_temp MODE OWNER GROUP
own_temp() {
  chmod "$1" "$temp" || return 1
  [ "$(attributes "$temp")" != "$1 $2 $3" ] || return 0
  chown "$2:$3" "$temp" && chmod "$1" "$temp"
}

restore_file() {
  find_target "$1" && same_place "$1" || return
  find_temp
  rm -f "$temp"
  if target_is "$2" "$3" "$4" "$5" "$6"; then return 0; fi
  # nothing of tsync's stays in an image, where a copy could be looked for
  if [ -n "$image" ] && ! target_is "$7" "$8" "$9" "${10}" "${11}" && [ -e "$target" ]; then
    fail "$1: was changed by somebody else since, and is left so"
    return
  fi
  found_linked=''
  keep_foreign "$1" "$7" "$8" "$9" "${10}" "${11}" || return
  if [ "$2" = absent ]; then
    remove_generated
    rm -f "$target" || fail "$1: could not be removed"
    return
  fi
  # of a tree, a backup may be anything, and the file may have another name outside
  if [ -n "$image" ] && { ! plain_in_image "$tx/backup/$number" || ! file_is "$tx/backup/$number" "$2" "$3" "$4" "$5" "$6"; }; then
    fail "$1: its backup is not what it was"
    return
  fi
  folders "${target%/*}"
  if [ -f "$second" ] && file_is "$second" "$2" "$3" "$4" "$5" "$6" && mv -f "$second" "$target"; then return 0; fi
  if cp -a "$tx/backup/$number" "$temp" && mv -f "$temp" "$target"; then return 0; fi
  rm -f "$temp"
  # without space for a second copy: into the file itself, unless that is what has just been kept
  [ -z "$image$found_linked" ] && cat "$tx/backup/$number" >"$target" && chmod "$2" "$target" && file_is "$target" "$2" "$3" "$4" "$5" "$6" ||
    fail "$1: could not be restored"
} 2>/dev/null

# remove_generated: what a script of tsync's own writes at every start of the daemon (file='PATH' in it) goes with the script.
remove_generated() {
  case $target in "$root"/etc/tsync/*.sh) ;; *) return 0 ;; esac
  generated=$(sed -n "s,^file='\(/[A-Za-z0-9._/-]*\)'\$,\1,p" "$target" | head -n 1)
  case $generated in
    */tsync-*.conf) if in_image "$root$generated" && only_root "$generated"; then rm -f "$resolved"; fi ;;
  esac
}

# keep_foreign PATH [state after]: what is neither as before nor as after was written by somebody else: it is kept aside.
keep_foreign() {
  foreign_path=$1
  shift
  if [ -f "$target" ] && ! file_is "$target" "$@"; then keep_found "$target" "$foreign_path"; fi
}

refresh_file() { :; }
run_file() { :; }
# lasting_file PATH: a boot must not keep the file and lose what takes it back, or the other way round (lasts_alike).
lasting_file() { same_as_ours "$root$1"; }

tell_file() {
  begin_entry file "$1"
  say "before=$2 $3 $4 $5 $6"
  say "after=$7 $8 $9 ${10} ${11}"
  finish
  frame values "content:$number" ok "${12}"
  if [ "$2" != absent ]; then section_file "${tx#"$root"}/backup/$number"; fi
}
