# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# State and journal.

# read_state: sets state; empty while a transaction is prepared, when nothing is changed yet. Where it is lost, all is taken back
# that differs.
read_state() { read_transaction "$tx"; }

# make_words: a file for each state, made while there is room: a state is then a link and a rename, which need none.
make_words() {
  mkdir "$tx/words" || return 1
  for word in armed applied confirmed reverting reverted failed; do
    printf '%s\n' "$word" >"$tx/words/$word" && [ -s "$tx/words/$word" ] || return 1
  done
}

# write_state STATE: in one step, and on the disk. One that cannot be written leaves the old one as it was.
write_state() {
  word=''
  read -r word <"$tx/state"
  if [ "$word" != "$1" ]; then
    rm -f "$tx/state.new"
    if ln "$tx/words/$1" "$tx/state.new"; then
      mv -f "$tx/state.new" "$tx/state"
    elif [ -f "$tx/words/$1" ]; then
      # where no link can be made the word itself goes
      mv -f "$tx/words/$1" "$tx/state"
    else
      # an older tsync made no words, or this one is used up
      printf '%s\n' "$1" >"$tx/state.new" && persist "$tx/state.new" && mv -f "$tx/state.new" "$tx/state"
    fi
  fi && persist "$tx/state" || return 1
  journal transaction "$1" || :
} 2>/dev/null

# journal STEP STATE: one line, stamped with monotonic time.
journal() {
  uptime_now
  printf '%s %s %s\n' "$uptime" "$(encode "$1")" "$(encode "$2")" >>"$tx/journal"
} 2>/dev/null

began() { grep -q -F " $(encode "$1") begin" "$tx/journal" 2>/dev/null; }
