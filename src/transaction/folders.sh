# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Files and folders, for every kind.

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
