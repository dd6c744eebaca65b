# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# What is kept of transactions that are over.

# forget_old NUMBER: of the finished transactions the newest NUMBER stay; names begin with the time. One that holds what somebody
# else wrote is not counted, and stays until a person has it cleaned away.
forget_old() {
  surplus=$((0 - $1))
  for old_state in "$base"/tx/*/state; do
    if is_final "$old_state" && ! holds_found "${old_state%/state}"; then surplus=$((surplus + 1)); fi
  done
  for old_state in "$base"/tx/*/state; do
    [ "$surplus" -gt 0 ] || return 0
    if is_final "$old_state" && ! holds_found "${old_state%/state}" && [ "$old_state" != "$tx/state" ]; then
      forget "${old_state%/state}"
      surplus=$((surplus - 1))
    fi
  done
}

is_final() {
  old_word=${1%/state}
  if [ -L "$old_word" ] || [ -L "$1" ] || ! is_transaction_id "${old_word##*/}"; then return 1; fi
  old_word=''
  read -r old_word <"$1" || :
  case $old_word in confirmed | reverted) ;; *) return 1 ;; esac
} 2>/dev/null

# holds_found FOLDER: are there copies of what somebody else wrote, that nobody has merged and removed yet?
holds_found() {
  for kept in "$1"/backup/*.found*; do
    case $kept in *.new) ;; *) if [ -f "$kept" ]; then return 0; fi ;; esac
  done
  while read -r kept found_path; do
    if [ -f "$root$kept" ]; then return 0; fi
  done <"$1/found"
  return 1
} 2>/dev/null

# forget FOLDER: takes a finished transaction away, in one step as far as others see; of the folders that it made a list
# stays, for the rollback that finds them empty.
forget() {
  if [ -s "$1/made" ]; then
    cat "$base/made" "$1/made" 2>/dev/null | sort -u >"$base/made.new" && mv -f "$base/made.new" "$base/made" || return 1
  fi
  mv "$1" "$base/tx/.gone-${1##*/}" && rm -rf "$base/tx"/.gone-*
} 2>/dev/null

# sweep_image: what was killed before it changed anything, where it bears our marks: its name, and the same in its meta; or nothing yet.
sweep_image() {
  [ -n "$image" ] || return 0
  for other in "$base"/tx/*; do
    if ! is_transaction_id "${other##*/}" || ! own_in_image "${other##*/}" || [ ! -d "$other" ]; then continue; fi
    if [ -e "$other/state" ] || [ -L "$other/state" ]; then continue; fi
    if [ -e "$other/journal" ] || [ -L "$other/journal" ]; then
      plain_in_image "$other/journal" && ! grep -qs ' begin$' "$other/journal" || continue
    fi
    if plain_in_image "$other/meta" && head -c 2048 "$other/meta" | grep -qxF "id=${other##*/}"; then
      rm -rf "$other"
    else
      if [ ! -s "$other/journal" ]; then rm -f "$other/journal"; fi
      rmdir "$other/backup" "$other"
    fi
  done
} 2>/dev/null

# forget_image, leave_image: an image that is done carries nothing of tsync's own.
forget_image() {
  if [ -n "$image" ] && own_in_image "$transaction"; then rm -rf "$tx"; fi
}
leave_image() {
  if [ -n "$image" ] && own_in_image; then rmdir "$base/tx" "$base"; fi
  return 0
} 2>/dev/null

# clean_transaction ID [found]: takes what a finished transaction left away, and what was left of one that never began. Prints
# cleaned, or refused with the state; refused:found where it holds what somebody else wrote, and the word found is not said.
clean_transaction() {
  open_transaction "$1"
  if [ "${2:-}" != found ] && [ "$state" != absent ] && holds_found "$tx"; then
    echo 'refused:found'
    return
  fi
  case $state in
    confirmed | reverted | preparing) if ! take_lock clean 20; then state=locked; fi ;;
  esac
  if [ "$state" != locked ]; then open_transaction "$1"; fi
  case $state in
    preparing) disarm ;;
  esac
  case $state in
    confirmed | reverted | preparing) if forget_transaction; then state=cleaned; else state=failed; fi ;;
  esac
  release_lock
  leave_image
  if [ "$state" = cleaned ]; then echo cleaned; else echo "refused:$state"; fi
}

# forget_transaction: an image keeps no list of the folders that were made.
forget_transaction() {
  if [ -z "$image" ]; then
    forget "$tx"
  else
    own_in_image "$transaction" && rm -rf "$tx"
  fi
}
