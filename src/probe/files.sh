# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Files that are read whole.

# probe_file PATH: a file once, however often it is asked for, and at most 120 files in all; probe_files prints them.
probe_file() {
  case $files_seen in *"$newline$1$newline"*) return ;; esac
  files_seen=$files_seen$1$newline
  files_count=$((files_count + 1))
  [ "$files_count" -le 120 ] || return 0
  if holds_secret "$1"; then
    frame file "$1" refused ''
  else
    files=$files$1$newline
  fi
}

# probe_files: the files that were asked for, after one process has told the attributes of all.
probe_files() {
  set --
  remaining=$files
  while [ -n "$remaining" ]; do
    path=${remaining%%"$newline"*}
    remaining=${remaining#*"$newline"}
    set -- ${1+"$@"} "$path"
  done
  attributes_of ${1+"$@"}
  for path in ${1+"$@"}; do
    shift
    if [ -f "$root$path" ]; then set -- ${1+"$@"} "$root$path"; fi
  done
  ends_of ${1+"$@"}
  remaining=$files
  while [ -n "$remaining" ]; do
    path=${remaining%%"$newline"*}
    remaining=${remaining#*"$newline"}
    section_file "$path"
  done
}

# probe_matches GLOB...: the files among these arguments (paths with $root, as a glob gave them).
probe_matches() {
  for match in ${1+"$@"}; do
    if [ -e "$match" ] || [ -L "$match" ]; then probe_file "${match#"$root"}"; fi
  done
}

# probe_mentions WORD GLOB...: those of the files that mention a word.
probe_mentions() {
  mention=$1
  shift
  for match in ${1+"$@"}; do
    if [ -f "$match" ] && file_in_image "$match"; then set -- ${1+"$@"} "$match"; fi
    shift
  done
  [ "$#" -gt 0 ] || return 0
  mentions=$(quiet grep -ls "$mention" ${1+"$@"})$newline
  for match in ${1+"$@"}; do
    case $newline$mentions in *"$newline$match$newline"*) probe_file "${match#"$root"}" ;; esac
  done
}

probe_asked_files() {
  asked_paths=$paths
  while [ -n "$asked_paths" ]; do
    asked_path=${asked_paths%%"$newline"*}
    asked_paths=${asked_paths#*"$newline"}
    case $asked_path in /*) probe_file "$asked_path" ;; esac
  done
}
