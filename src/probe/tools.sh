# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Small tools of every subject.

# read_line PATH: the first line of a file that the kernel wrote, into $line; false when it cannot be read.
read_line() {
  line=''
  [ -r "$root$1" ] && [ ! -d "$root$1" ] || return 1
  if [ -n "$image" ] && ! plain_in_image "$root$1"; then return 1; fi
  { IFS= read -r line || [ -n "$line" ]; } 2>/dev/null <"$root$1"
}

# value NAME PATH: says NAME=first line of PATH, or NAME!denied; nothing when there is no such file.
value() {
  if read_line "$2"; then
    say "$1=$line"
  elif [ -e "$root$2" ]; then
    say "$1!denied"
  fi
}

# quiet COMMAND ARGUMENTS: a plain file tool on regular files. No deadline of its own: what hangs in the kernel outlives
# every signal, and the watchdog ends the rest.
quiet() { ${1+"$@"} </dev/null 2>/dev/null; }

# regular FILE...: those that are regular files, or lead to one, and may be read, into $words; their names hold no blanks.
regular() {
  words=''
  for file in ${1+"$@"}; do if [ -f "$file" ] && [ -r "$file" ]; then words="$words $file"; fi; done
}

# split_lines TEXT: its lines as words of $lines, where blanks and globs in them have been refused.
split_lines() {
  lines=''
  rest=$1
  while [ -n "$rest" ]; do
    item=${rest%%"$newline"*}
    rest=${rest#"$item"}
    rest=${rest#"$newline"}
    case $item in '' | *[!A-Za-z0-9_.:@/+,~=-]* | -*) ;; *) lines="$lines $item" ;; esac
  done
}

# split_words TEXT: words without globs, into $words.
split_words() {
  case $1 in *[*?[]*) words='' ;; *) words=$1 ;; esac
}

# mentioned PATTERN: the lines of the files in $words that match, after their names.
mentioned() {
  # shellcheck disable=SC2086 # words: the names of files
  if [ -n "$words" ]; then quiet grep -aHE -m 100 "$1" $words | head -c 8192; fi
}
