# shellcheck shell=sh
# The verbs for files. A state is MODE OWNER GROUP LENGTH CKSUM; absent is "absent - - - -".
# shellcheck disable=SC2015 # "a && b || fail" is meant so
# shellcheck disable=SC2154 # root, tx, number, transaction: transaction.sh

# change_file PATH [state before: 5 words] [state after: 5 words] CONTENT
change_file() { entry file "file:$1" "$@"; }

# find_target PATH: sets target. A symbolic link is followed to its file, never replaced, and never out of the root.
find_target() {
  target=$root$1
  in_image "$target" || return 1
  [ -L "$target" ] || return 0
  target=$(readlink -f "$target") && [ -f "$target" ] || return 1
  case $target in "$root"/*) ;; *) return 1 ;; esac
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
  find_target "$1" && file_is "$target" "$2" "$3" "$4" "$5" "$6" || fail "$entry_name: not as it was when planned"
} 2>/dev/null

back_up_file() {
  find_target "$1" || fail "$1: the link leads nowhere" || return
  [ "$2" != absent ] || return 0
  cp -a "$target" "$tx/backup/$number" && file_is "$tx/backup/$number" "$2" "$3" "$4" "$5" "$6" ||
    fail "$1: no backup could be made"
} 2>/dev/null

make_file() {
  find_target "$1" || fail "$1: the link leads nowhere" || return
  if [ "$7" = absent ]; then
    remove_generated
    rm -f "$target" && file_is "$target" absent || fail "$1: could not be removed"
    leave_folders "$target"
    return
  fi
  folders "${target%/*}" || fail "$1: its folder could not be made" || return
  find_temp
  write_temp "${12}" "${10}" "${11}" || fail "$1: could not be written in full" || return
  own_temp "$7" "$8" "$9" || fail "$1: owner or mode could not be set" || return
  mv -f "$temp" "$target" || fail "$1: could not be replaced" || return
  if [ "$2" = absent ]; then relabelled "$target"; fi
  file_is "$target" "$7" "$8" "$9" "${10}" "${11}" || fail "$1: is not what was written"
} 2>/dev/null

# find_temp: sets temp: beside the target, with a name that no daemon's folder picks up.
find_temp() { temp=${target%/*}/.tsync-$transaction~; }

# write_temp CONTENT LENGTH CKSUM: into a copy of the old file, which brings extended attributes and label.
write_temp() {
  rm -f "$temp"
  if [ -f "$target" ]; then cp -a "$target" "$temp" && chmod 600 "$temp" || return 1; fi
  put "$1" >"$temp" && [ "$(cksum <"$temp")" = "$3 $2" ]
}

# own_temp MODE OWNER GROUP
own_temp() {
  chmod "$1" "$temp" || return 1
  [ "$(attributes "$temp")" != "$1 $2 $3" ] || return 0
  chown "$2:$3" "$temp" && chmod "$1" "$temp"
}

restore_file() {
  find_target "$1" || fail "$1: the link leads nowhere" || return
  find_temp
  rm -f "$temp"
  if file_is "$target" "$2" "$3" "$4" "$5" "$6"; then return 0; fi
  found_linked=''
  keep_foreign "$1" "$7" "$8" "$9" "${10}" "${11}" || return
  if [ "$2" = absent ]; then
    remove_generated
    rm -f "$target" || fail "$1: could not be removed"
    return
  fi
  folders "${target%/*}"
  if cp -a "$tx/backup/$number" "$temp" && mv -f "$temp" "$target"; then return 0; fi
  rm -f "$temp"
  # without space for a second copy: into the file itself, unless that is what has just been kept
  [ -z "${found_linked:-}" ] && cat "$tx/backup/$number" >"$target" && chmod "$2" "$target" && file_is "$target" "$2" "$3" "$4" "$5" "$6" ||
    fail "$1: could not be restored"
} 2>/dev/null

# remove_generated: what a script of tsync's own writes at every start of the daemon (file='PATH' in it) goes with the script.
remove_generated() {
  case $target in "$root"/etc/tsync/*.sh) ;; *) return 0 ;; esac
  generated=$(sed -n "s,^file='\(/[A-Za-z0-9._/-]*\)'\$,\1,p" "$target" | head -n 1)
  if [ -n "$generated" ]; then rm -f "$root$generated"; fi
}

# keep_foreign PATH [state after]: what is neither as before nor as after was written by somebody else: it is kept aside.
keep_foreign() {
  foreign_path=$1
  shift
  if [ -f "$target" ] && ! file_is "$target" "$@"; then keep_found "$target" "$foreign_path"; fi
}

refresh_file() { :; }
run_file() { :; }

tell_file() {
  begin_entry file "$1"
  say "before=$2 $3 $4 $5 $6"
  say "after=$7 $8 $9 ${10} ${11}"
  finish
  frame values "content:$number" ok "${12}"
  if [ "$2" != absent ]; then section_file "${tx#"$root"}/backup/$number"; fi
}
