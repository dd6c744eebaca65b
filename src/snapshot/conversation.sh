# shellcheck shell=sh
# What every program on a host shares: parameters, the table of commands, deadlines, frames.
# Functions only; a program is this text, further functions, and one call on its last line. See docs/host-programs.md.
# POSIX sh: dash, busybox ash, bash 3 (EL5), mksh, posh.
# `${1+"$@"}` where there may be no arguments: with `set -u`, posh and bash 4.0 take an empty "$@" for an unset parameter.

# shellcheck disable=SC2034 # the programs that follow use them
# read_parameters NONCE LENGTH KEY=VALUE...: sets nonce, root, bin, image, here, platform, paths, units,
# module_parameters, transaction, seconds.
# paths, units and module_parameters are lists with a line feed after each item. Unknown keys are left alone: newer clients may send more.
read_parameters() {
  set -u
  LC_ALL=C
  LANGUAGE=''
  TZ=UTC0
  export LC_ALL LANGUAGE TZ
  umask 077
  newline='
'
  nonce=$1 root='' bin='' paths='' units='' module_parameters='' transaction='' seconds=''
  image='' here='' platform=''
  limit=10 attributes=''
  shift 2
  for parameter in ${1+"$@"}; do
    case $parameter in
      root=*) root=${parameter#*=} ;;
      bin=*) bin=${parameter#*=} ;;
      path=*) paths=$paths${parameter#*=}$newline ;;
      image=?*) image=yes ;;
      here=?*) here=yes ;;
      platform=*) platform=${parameter#*=} ;;
      unit=*) units=$units${parameter#*=}$newline ;;
      parameter=*) module_parameters=$module_parameters${parameter#*=}$newline ;;
      transaction=*) transaction=${parameter#*=} ;;
      seconds=*) seconds=${parameter#*=} ;;
    esac
  done
  if [ -n "$image" ]; then settle_root; fi
  PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
  export PATH
  timeout=''
  if timeout -k 1 5 true </dev/null >/dev/null 2>&1; then timeout='timeout -k 1'; fi
}

# settle_root: the real path of an image tree, which is never the running system's own.
settle_root() {
  case $root in
    /*) root=$(cd "$root" 2>/dev/null && pwd -P) || root='' ;;
    *) root='' ;;
  esac
  case $root in '' | / | //) root=/nonexistent/tsync ;; esac
}

# in_image PATH: does the folder of a path (with root) lie below an image's root, when links are followed? An absolute link
# in a tree leads into the running system. Without an image it is always so.
in_image() {
  [ -n "$image" ] || return 0
  image_folder=${1%/*}
  while [ -n "$image_folder" ] && [ ! -e "$image_folder" ] && [ ! -L "$image_folder" ]; do image_folder=${image_folder%/*}; done
  image_folder=$(readlink -f "$image_folder") || return 1
  case $image_folder/ in "$root"/*) ;; *) return 1 ;; esac
}

# file_in_image PATH: the same of a file that may be a link itself.
file_in_image() {
  in_image "$1" || return 1
  if [ -z "$image" ] || [ ! -L "$1" ]; then return 0; fi
  image_target=$(readlink -f "$1") || return 1
  case $image_target in "$root"/*) ;; *) return 1 ;; esac
}

# Of an image nothing runs, and nothing of the running system may answer for it: of the table only what reads files is there.
missing_in_image() {
  [ -n "$image" ] || return 1
  case $1 in id | rpm) return 1 ;; esac
}

# has NAME: is there such a command of the table?
has() {
  if missing_in_image "$1"; then return 1; fi
  if [ -n "$bin" ]; then [ -x "$bin/$1" ]; else command -v "$1" >/dev/null 2>&1; fi
}

# x NAME ARGUMENTS: runs a command of the table, without input, for at most $limit seconds (then status 124 or 137).
x() {
  x_command=$1
  shift
  if missing_in_image "$x_command"; then return 127; fi
  if [ -n "$bin" ]; then
    x_command=$bin/$x_command
    [ -x "$x_command" ] || return 127
  fi
  if [ -n "$timeout" ]; then
    $timeout "$limit" "$x_command" ${1+"$@"} </dev/null
    return
  fi
  "$x_command" ${1+"$@"} </dev/null &
  x_pid=$!
  kill_after "$limit" "$x_pid"
  x_dog=$!
  wait "$x_pid"
  x_status=$?
  kill -9 "$x_dog" 2>/dev/null
  wait "$x_dog" 2>/dev/null
  return "$x_status"
}

# kill_after SECONDS PID: in the background ($!), ends a process by force after that time. It looks every second, so that
# nothing waits on for long where it was called off (kill -9) or the process is gone.
kill_after() {
  (
    kill_after_left=$1
    while [ "$kill_after_left" -gt 0 ]; do
      sleep 1
      kill -0 "$2" || exit 0
      kill_after_left=$((kill_after_left - 1))
    done
    kill -9 "$2"
  ) </dev/null >/dev/null 2>&1 &
}

# watchdog SECONDS: ends this program by force after that time, whatever it waits for; unwatch calls it off.
watchdog() {
  kill_after "$1" $$
  watchdog_pid=$!
}
unwatch() {
  kill -9 "$watchdog_pid" 2>/dev/null
  wait "$watchdog_pid" 2>/dev/null
}

# encode TEXT: prints it for a frame header: as it is when harmless, otherwise every byte as %XX.
# set_encoded TEXT: the same into $encoded, without a fork for what is harmless.
encode() {
  case $1 in
    *[!A-Za-z0-9_./:@+,~-]*) printf %s "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' '%' ;;
    *) printf %s "$1" ;;
  esac
}
set_encoded() {
  case $1 in
    *[!A-Za-z0-9_./:@+,~-]*) encoded=$(encode "$1") ;;
    *) encoded=$1 ;;
  esac
}

# section NAME COMMAND ARGUMENTS: one framed command of the table; output and errors together, bounded, with its exit status.
section() {
  set_encoded "$1"
  printf '@%s begin command %s\n' "$nonce" "$encoded"
  shift
  if has "$1"; then
    {
      x ${1+"$@"} 2>&1
      printf '\n@%s exit %s' "$nonce" "$?"
    } | head -c 65600
    printf '\n@%s end ok\n' "$nonce"
  else
    printf '\n@%s end absent\n' "$nonce"
  fi
}

# attributes_of FILE...: mode, owner, group, size and name of each, a line a file, into $attributes for section_file: one
# process for all of them.
attributes_of() {
  attributes=''
  if [ "$#" -gt 0 ]; then attributes=$(stat -L -c '%a %U %G %s %n' ${1+"$@"} 2>/dev/null)$newline; fi
}

# set_attributes FILE: mode, owner, group and size into $words: the first of the lines that are left, otherwise asked for.
set_attributes() {
  words=${attributes%%"$newline"*}
  case $words in
    *" $1")
      words=${words%" $1"}
      attributes=${attributes#*"$newline"}
      ;;
    *) words=$(stat -L -c '%a %U %G %s' "$1" 2>/dev/null) ;;
  esac
}

# section_file PATH: one framed file with its attributes. Absent, denied and refused (no regular file) are said, not guessed.
section_file() {
  file=$root$1
  set_encoded "$1"
  printf '@%s begin file %s' "$nonce" "$encoded"
  if ! in_image "$file"; then
    state=refused
  elif [ ! -e "$file" ] && [ ! -L "$file" ]; then
    folder=${file%/*}
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=${folder%/*}; done
    if [ -x "${folder:-/}" ]; then state=absent; else state=denied; fi
  elif [ ! -f "$file" ] || ! file_in_image "$file"; then
    state=refused
  else
    target=''
    if [ -L "$file" ]; then
      target=$(readlink -f "$file")
      set_encoded "${target#"$root"}"
      target=" target=$encoded"
    fi
    set_attributes "$file"
    # shellcheck disable=SC2086 # four words: mode, owner, group, size
    set -- $words '?' '?' '?' '?'
    set_encoded "$2"
    printf ' mode=%s owner=%s' "$1" "$encoded"
    set_encoded "$3"
    printf ' group=%s size=%s%s' "$encoded" "$4" "$target"
    if [ -r "$file" ]; then state=ok; else state=denied; fi
  fi
  printf '\n'
  if [ "$state" = ok ]; then head -c 65537 "$file" 2>/dev/null || state=denied; fi
  printf '\n@%s end %s\n' "$nonce" "$state"
}

# begin NAME / finish [STATE]: frames of kind "values", whose lines the program prints itself with printf.
begin() {
  set_encoded "$1"
  printf '@%s begin values %s\n' "$nonce" "$encoded"
}
finish() { printf '\n@%s end %s\n' "$nonce" "${1:-ok}"; }

# step ID STATE: one journalled step.
step() {
  set_encoded "$1"
  step_id=$encoded
  set_encoded "$2"
  printf '@%s step %s %s\n' "$nonce" "$step_id" "$encoded"
}
idle() { printf '@%s idle\n' "$nonce"; }
done_frame() { printf '@%s done\n' "$nonce"; }

# clock_exchanges: answers "t SEQ" with the host's clock until "go" or end of input.
clock_exchanges() {
  if [ -n "$bin" ] && [ -x "$bin/date" ]; then date=$bin/date; else date="date"; fi
  if [ -z "$bin" ] && [ -n "${EPOCHREALTIME:-}" ]; then
    date=''
    resolution=0.000001
  else
    case $("$date" +%N) in
      '' | *[!0-9]*) format=+%s resolution=1 ;;
      *) format=+%s.%N resolution=0.000000001 ;;
    esac
  fi
  printf '@%s clock %s\n' "$nonce" "$resolution"
  answer_clock
}

# answer_clock: what clock_exchanges does after it has said that it listens.
answer_clock() {
  while IFS= read -r request; do
    case $request in
      't '*)
        # shellcheck disable=SC3028 # only where the shell has it
        if [ -z "$date" ]; then answer=$EPOCHREALTIME; else answer=$("$date" "$format"); fi
        printf '@%s t %s %s\n' "$nonce" "${request#t }" "$answer"
        ;;
      go) break ;;
    esac
  done
}

# read_transaction FOLDER: sets state: its word; lost where the word is gone although a change was begun, or says nothing; empty
# where nothing was changed yet. One reading for the probe, for whoever begins the next transaction, and for the guard.
read_transaction() {
  state=''
  if [ -e "$1/state" ]; then
    read -r state <"$1/state" || :
    state=${state:-lost}
  elif grep -q ' begin$' "$1/journal"; then
    state=lost
  fi
} 2>/dev/null
