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
  # What the environment brought along would stay exported.
  unset nonce saved_nonce captured
  LC_ALL=C
  LANGUAGE=''
  TZ=UTC0
  export LC_ALL LANGUAGE TZ
  # mksh counts characters where its environment had UTF-8; frames count bytes.
  # shellcheck disable=SC3041 # only where the shell has it
  case ${KSH_VERSION:-} in *MIRBSD* | *LEGACY*) set +U ;; esac
  umask 077
  newline='
'
  nonce=$1 root='' bin='' paths='' units='' module_parameters='' transaction='' seconds=''
  image='' here='' platform=''
  limit=10 attributes='' ends=''
  first_frame
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

# put TEXT: prints it and nothing else, without a process: what stands in the arguments of one can be read by everybody on the
# host, and holds at most 128 KiB. mksh and posh have no builtin printf.
put() {
  if [ -n "${KSH_VERSION:-}" ]; then
    print -rn -- "$1"
  elif [ -n "${POSH_VERSION:-}" ]; then
    # its echo takes backslashes for escapes, of which \c leaves the line feed out
    doubled='' undoubled=$1
    while :; do
      case $undoubled in *\\*) ;; *) break ;; esac
      doubled=$doubled${undoubled%%\\*}\\\\
      undoubled=${undoubled#*\\}
    done
    echo "$doubled$undoubled\\c"
  else
    printf %s "$1"
  fi
}

# encode TEXT: prints it for a frame header: as it is when harmless, otherwise every byte as %XX.
# set_encoded TEXT: the same into $encoded, without a fork for what is harmless.
encode() {
  case $1 in
    *[!A-Za-z0-9_./:@+,~-]*) put "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' '%' ;;
    *) put "$1" ;;
  esac
}
set_encoded() {
  case $1 in
    *[!A-Za-z0-9_./:@+,~-]*) encoded=$(encode "$1") ;;
    *) encoded=$1 ;;
  esac
}

# --- frames -------------------------------------------------------------------------------------------------------------
# Whoever knows the nonce can speak for this program, and every user of a host reads the arguments of every process: a line
# with the nonce is printed by `echo`, a builtin of every shell, and by nothing else. Such a line holds no backslash.

# first_frame: an answer begins. At most 3 MiB of bodies are sent in one; what is longer is cut and said to be.
first_frame() { budget=3145728 sections_sent=$newline; }

# frame KIND NAME STATE BODY [WORDS]: a section, its length in bytes before it, so that nothing in it can be taken for a frame.
# A name is sent once in an answer.
frame() {
  set_encoded "$2"
  case $sections_sent in *"$newline$encoded$newline"*) return 0 ;; esac
  sections_sent=$sections_sent$encoded$newline
  case ${5:-} in *encoding=hex) frame_most=262144 ;; *) frame_most=65537 ;; esac
  if [ "${#4}" -gt "$frame_most" ] || [ "${#4}" -gt "$budget" ]; then
    echo "@$nonce section $1 $encoded $3 0${5:+ $5} cut=yes$newline"
    return
  fi
  budget=$((budget - ${#4} - 256))
  case $4 in
    *\\*)
      echo "@$nonce section $1 $encoded $3 ${#4}${5:+ $5}"
      put "$4"
      echo
      ;;
    *) echo "@$nonce section $1 $encoded $3 ${#4}${5:+ $5}$newline$4" ;;
  esac
}

# begin NAME / say LINE / finish [STATE]: a section of kind "values", whose lines the program says itself; at most 64 KiB.
begin() { values_name=$1 values='' values_cut=''; }
say() {
  if [ $((${#values} + ${#1})) -lt 65536 ]; then values=$values$1$newline; else values_cut='cut=yes'; fi
}
finish() { frame values "$values_name" "${1:-ok}" "$values" "$values_cut"; }

# capture COMMAND ARGUMENTS: what a command of the table prints, output and errors together, into $captured, its status into $status,
# which is empty when the output was cut. capture_matching PATTERN COMMAND ARGUMENTS: only the lines that match.
capture() {
  captured=$(with_exit ${1+"$@"} | head -c 65536)
  take_exit
} 2>/dev/null
capture_matching() {
  capture_pattern=$1
  shift
  # grep's arguments can be read by everybody: they hold the form of the last line, not the nonce
  captured=$(with_exit ${1+"$@"} | grep -aE "$capture_pattern|^@[0-9a-f]{32} exit [0-9]+\$" | head -c 65536)
  take_exit
} 2>/dev/null

# with_exit: the status comes last, in a line that holds the nonce: what the command printed cannot be taken for it.
with_exit() {
  x ${1+"$@"} 2>&1
  echo "$newline@$nonce exit $?"
}
take_exit() {
  status=''
  case $captured in
    *"@$nonce exit "*)
      status=${captured##*"@$nonce exit "}
      captured=${captured%"@$nonce exit "*}
      captured=${captured%"$newline"}
      ;;
  esac
}

# section_captured NAME: what capture holds, as a section. 124 and 137: its deadline ended the command.
section_captured() {
  case $status in
    '') frame command "$1" ok "$captured" cut=yes ;;
    124 | 137) frame command "$1" timeout "$captured" ;;
    *) frame command "$1" ok "$captured" "exit=$status" ;;
  esac
}

# section NAME COMMAND ARGUMENTS: one command of the table, bounded, with its exit status.
section() {
  section_name=$1
  shift
  if has "$1"; then
    capture ${1+"$@"}
    section_captured "$section_name"
  else
    frame command "$section_name" absent ''
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

# ends_of FILE...: how each ends, into $ends for section_file, where a line feed at the end would be lost: one look for all.
ends_of() { ends=$(tail -c 1 ${1+"$@"} /dev/null 2>/dev/null | tr '\0' 0); }

# section_file PATH: a file with its attributes. Absent, denied and refused (no regular file) are said, not guessed.
section_file() {
  file=$root$1 path=$1 content='' file_words=''
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
    file_words="mode=$1 owner=$encoded"
    set_encoded "$3"
    file_words="$file_words group=$encoded size=$4$target"
    if [ -r "$file" ]; then read_content "$4"; else state=denied; fi
  fi
  frame file "$path" "$state" "$content" "$file_words"
}

# read_content SIZE: the bytes of $file into $content, and $state. A shell's variable takes no NUL and loses line feeds at the
# end: where it does not hold as much as the file is said to have, the bytes are told as hexadecimal digits.
read_content() {
  state=ok expected=$1
  if [ "$1" -gt 65537 ]; then expected=65537; fi
  case $expected:$ends in
    0:* | 65537:*) content=$(head -c 65537 "$file" && echo .) || state=denied ;;
    *"==> $file <==$newline$newline"*) content=$(head -c 65537 "$file")$newline. || state=denied ;;
    *"==> $file <=="*) content=$(head -c 65537 "$file"). || state=denied ;;
    *) content=$(head -c 65537 "$file" && echo .) || state=denied ;;
  esac
  content=${content%.}
  if [ "$state:${#content}" = "ok:$expected" ]; then return 0; fi
  content=$(od -An -v -tx1 -N 65537 "$file") || state=denied
  file_words="$file_words encoding=hex"
} 2>/dev/null

# step ID STATE: one journalled step.
step() {
  set_encoded "$1"
  step_id=$encoded
  set_encoded "$2"
  echo "@$nonce step $step_id $encoded"
}
idle() {
  echo "@$nonce idle"
  first_frame
}
done_frame() { echo "@$nonce done"; }

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
  echo "@$nonce clock $resolution"
  answer_clock
}

# answer_clock: what clock_exchanges does after it has said that it listens.
answer_clock() {
  while IFS= read -r request; do
    case $request in
      't '*)
        # shellcheck disable=SC3028 # only where the shell has it
        if [ -z "$date" ]; then answer=$EPOCHREALTIME; else answer=$("$date" "$format"); fi
        # what is no time is not said
        case ${request#t }:$answer in *[!0-9.:]* | :* | *:) ;; *) echo "@$nonce t ${request#t } $answer" ;; esac
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
