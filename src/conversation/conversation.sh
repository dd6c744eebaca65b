# shellcheck shell=sh
# What every program on a host shares: parameters, the table of commands, deadlines, frames.
# Functions only; a program is this text, further functions, and one call on its last line. See docs/internals/host-programs.md.
# POSIX sh: dash, busybox ash, bash 3 (EL5), mksh, posh.
# `${1+"$@"}` where there may be no arguments: with `set -u`, posh and bash 4.0 take an empty "$@" for an unset parameter.

# shellcheck disable=SC2034 # the programs that follow use them
# read_parameters NONCE LENGTH KEY=VALUE...: sets nonce, root, bin, image, here, platform, paths, units,
# module_parameters, transaction, seconds.
# paths, units and module_parameters are lists with a line feed after each item. Unknown keys are left alone: newer clients may send more.
read_parameters() {
  set -u
  # What the environment brought along would stay exported.
  unset nonce saved_nonce captured batched
  LC_ALL=C
  LANGUAGE=''
  TZ=UTC0
  export LC_ALL LANGUAGE TZ
  # mksh counts characters where its environment had UTF-8; frames count bytes.
  # shellcheck disable=SC3041 # only where the shell has it
  case ${KSH_VERSION:-} in *MIRBSD* | *LEGACY*) set +U ;; esac
  umask 077
  newline='
' tab='	'
  nonce=$1 root='' bin='' paths='' units='' module_parameters='' transaction='' seconds=''
  image='' here='' platform=''
  limit=10 batch='' batched='' ways='' places='' told='' own_uid='' own_gid='' file_ends=''
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
  PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
  if [ -n "$image" ]; then
    # nothing of a tree is ever run, and a PATH with "." in it would, in a folder of it
    PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
    settle_root
  fi
  export PATH
  timeout=''
  if timeout -k 1 5 true </dev/null >/dev/null 2>&1; then timeout='timeout -k 1'; fi
}

# settle_root: the real path of an image tree, which is never the running system's own; within image-sandbox.sh it is this one.
settle_root() {
  if [ "${TSYNC_SANDBOX:-}" = yes ]; then
    root=/image
    return
  fi
  case $root in
    /*) root=$(cd "$root" 2>/dev/null && pwd -P) || root='' ;;
    *) root='' ;;
  esac
  case $root in '' | / | //) root=/nonexistent/tsync ;; esac
  # one file system may be there by two names
  if [ "$(stat -c %d:%i "$root/etc/." 2>/dev/null)" = "$(stat -c %d:%i /etc/.)" ]; then root=/nonexistent/tsync; fi
}

# in_image PATH: does the folder of a path (with root) lie below an image's root, when links are followed? An absolute link
# in a tree leads into the running system. A path with `..` leads anywhere. Without an image it is always so.
in_image() {
  [ -n "$image" ] || return 0
  case $1/ in */../*) return 1 ;; esac
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

# folder_in_image PATH: the same of a folder, which may be missing.
folder_in_image() { file_in_image "$1/." && in_image "$1/."; }

# plain_in_image PATH: a regular file itself, no link to one; there is nobody behind it who could keep a reader waiting.
plain_in_image() { in_image "$1" && [ -f "$1" ] && [ ! -L "$1" ]; }

# own_in_image [ID]: is everything that leads to tsync's own folders in a tree (and to that of one transaction) a folder, and no link,
# or not there yet? And ours are root's, the caller's, or of whoever prepared the tree. Without an image it is always so.
own_in_image() {
  [ -n "$image" ] || return 0
  set -- "$root/var" "$root/var/lib" "$root/var/lib/tsync" "$root/var/lib/tsync/tx" \
    ${1+"$root/var/lib/tsync/tx/$1"} ${1+"$root/var/lib/tsync/tx/$1/backup"}
  own_users=" 0 $(stat -L -c %u /proc/self) $(stat -c %u "$root/.") "
  for own_folder in "$@"; do
    if [ ! -L "$own_folder" ] && [ ! -e "$own_folder" ]; then return 0; fi
    [ ! -L "$own_folder" ] && [ -d "$own_folder" ] || return 1
    case $own_folder in
      "$root/var/lib/tsync"*)
        case $own_users in *" $(stat -c %u "$own_folder") "*) ;; *) return 1 ;; esac
        ;;
    esac
  done
}

# is_transaction_id NAME: such as tsync gives to transactions, and no part of a path.
is_transaction_id() { case $1 in '' | .* | -* | *[!A-Za-z0-9.-]*) return 1 ;; esac }

# copy_rpm_database: sets rpm_database to a copy of the tree's that only this machine's rpm reads. Not by --root, for which rpm goes into
# the tree and may load code of it; and only within image-sandbox.sh, because the database is the tree's own making.
copy_rpm_database() {
  [ "${TSYNC_SANDBOX:-}" = yes ] && has rpm || return 1
  rpm_database=/tmp/rpm
  [ ! -d "$rpm_database" ] || return 0
  for rpm_folder in "$root/usr/lib/sysimage/rpm" "$root/var/lib/rpm"; do
    if [ ! -d "$rpm_folder" ] || ! in_image "$rpm_folder/."; then continue; fi
    mkdir "$rpm_database" || return 1
    for rpm_file in "$rpm_folder"/*; do
      if plain_in_image "$rpm_file"; then cp "$rpm_file" "$rpm_database/" || return 1; fi
    done
    return 0
  done
  return 1
} 2>/dev/null

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
    # its echo takes backslashes for escapes, of which \c leaves the line feed out; it is given one piece between two backslashes at a
    # time, because posh ends with an invalid pointer where a long text grows piece by piece (tried with 0.14)
    # shellcheck disable=SC1003,SC2028,SC2086,SC2141 # a backslash, and pieces
    (
      IFS='\'
      set -f
      set -- $1.
      while [ "$#" -gt 1 ]; do
        echo "$1\\\\\\c"
        shift
      done
      last_piece=${1%.}
      echo "$last_piece\\c"
    )
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
    print_frame "@$nonce section $1 $encoded $3 0${5:+ $5} cut=yes$newline"
    return
  fi
  budget=$((budget - ${#4} - 256))
  case $4 in
    *\\*)
      print_batched
      echo "@$nonce section $1 $encoded $3 ${#4}${5:+ $5}"
      put "$4"
      echo
      ;;
    *) print_frame "@$nonce section $1 $encoded $3 ${#4}${5:+ $5}$newline$4" ;;
  esac
}

# print_frame TEXT: prints a frame, or keeps it in $batched until there are some KiB, while $batch is set: every write of a host becomes a
# packet, which costs more than what is in it. print_batched: prints what was kept. Whoever runs a command that may take seconds prints first,
# so that a silent host is one that stands still.
print_frame() {
  if [ -z "$batch" ] || [ "${#1}" -gt 2048 ]; then
    print_batched
    echo "$1"
    return
  fi
  batched=${batched:+$batched$newline}$1
  [ "${#batched}" -lt 4096 ] || print_batched
}
print_batched() {
  [ -z "$batched" ] || echo "$batched"
  batched=''
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
  print_batched
  captured=$(with_exit ${1+"$@"} | head -c 65536)
  take_exit
} 2>/dev/null
capture_matching() {
  capture_pattern=$1
  shift
  print_batched
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

# ---- who may write: what others than root may change decides nothing that root does

# walk PATH: follows a path of the host part by part, along every link. Sets resolved (with $root, its end not looked at) and spots (the
# folders in which a link or the end lies, as far as they exist, `//` after each), and adds every folder on the way to $ways, each after
# the one above it. Fails on what is no plain absolute path, on a circle, and on what leads out of $root. Costs a process for each link.
walk() {
  resolved='' spots='' walk_links=0
  case $1/ in [!/]* | *//* | */./* | */../* | *"$newline"*) return 1 ;; esac
  resolved=$root${1%/*} walk_left=${1##*/}
  walk_folder=${resolved:-/}
  # a folder that was walked before has no link on its way
  case $ways in *"$newline$walk_folder$newline"*) ;; *) resolved=$root walk_left=${1#/} walk_folder=${root:-/} ;; esac
  while [ -n "$walk_left" ]; do
    walk_part=${walk_left%%/*}
    case $walk_left in */*) walk_left=${walk_left#*/} ;; *) walk_left='' ;; esac
    case $walk_part in
      '' | .) continue ;;
      ..)
        if [ -n "$root" ] && [ "$resolved" = "$root" ]; then return 1; fi
        resolved=${resolved%/*}
        continue
        ;;
    esac
    walk_above=${resolved:-/}
    case $ways in
      *"$newline$walk_above$newline"*) walk_folder=$walk_above ;;
      *)
        if [ -d "$walk_above" ]; then
          walk_folder=$walk_above
          ways=$ways$walk_folder$newline
        fi
        ;;
    esac
    if [ -L "$resolved/$walk_part" ]; then
      spots=$spots$walk_folder//
      walk_links=$((walk_links + 1))
      [ "$walk_links" -le 40 ] && walk_target=$(readlink "$resolved/$walk_part") || return 1
      case $walk_target in
        "$root"/*) walk_left=${walk_target#"$root"}/$walk_left resolved=$root ;;
        '' | /* | *"$newline"*) return 1 ;;
        *) walk_left=$walk_target/$walk_left ;;
      esac
    else
      resolved=$resolved/$walk_part
    fi
  done
  spots=$spots$walk_folder//
}

# tell_ways FILE...: one process tells uid, gid, mode, owner, group, size and name of each of $ways, then of each file that is there.
# Sets crowded (those of $ways that others than root may write, with all below them) and leaves the lines of the files in $told.
tell_ways() {
  if [ -n "$root" ] && [ -z "$own_uid" ]; then
    own_gid=$(stat -L -c '%u %g' /proc/self 2>/dev/null)
    own_uid=${own_gid%% *} own_gid=${own_gid##* }
  fi
  tell_left=${ways#"$newline"} tell_count=$#
  while [ -n "$tell_left" ]; do
    way=${tell_left%%"$newline"*}
    set -- ${1+"$@"} "$way"
    tell_left=${tell_left#*"$newline"}
  done
  # the files go behind the folders
  while [ "$tell_count" -gt 0 ]; do
    set -- ${1+"$@"} "$1"
    shift
    tell_count=$((tell_count - 1))
  done
  told=$(stat -c '%u %g %a %U %G %s %n' ${1+"$@"} 2>/dev/null)$newline
  crowded=$newline
  tell_left=${ways#"$newline"}
  while [ -n "$tell_left" ]; do
    way=${tell_left%%"$newline"*}
    tell_left=${tell_left#*"$newline"}
    way_above=${way%/*}
    way_above=${way_above:-/}
    way_words=''
    case ${told%%"$newline"*} in
      *" $way")
        way_words=${told%%"$newline"*}
        way_words=${way_words%" $way"}
        told=${told#*"$newline"}
        ;;
    esac
    # shellcheck disable=SC2086 # words
    case $crowded in
      *"$newline$way_above$newline"*) ;;
      *) if alone $way_words "$way"; then continue; fi ;;
    esac
    crowded=$crowded$way$newline
  done
}

# alone UID GID MODE OWNER GROUP SIZE NAME: may root alone write it? Below a root of its own, whoever runs this counts as root.
# An access list shows in the rights of the group.
alone() {
  [ "$#" = 7 ] || return 1
  case $1 in 0 | "$own_uid") ;; *) return 1 ;; esac
  case $3 in
    *[2367]) return 1 ;;
    *[2367]?)
      case $2 in 0 | "$own_gid") ;; *) return 1 ;; esac
      case $(ls -ld "$7" 2>/dev/null) in ??????????+* | '') return 1 ;; esac
      ;;
  esac
}

# take_told NAME: words (uid, gid, mode, owner, group, size) of the first file that is left in $told, if it has that name.
take_told() {
  words=''
  case ${told%%"$newline"*} in
    *" $1")
      words=${told%%"$newline"*}
      words=${words%" $1"}
      told=${told#*"$newline"}
      ;;
  esac
}

# set_writers: writers of what words and spots tell of. root: nobody else may change it; file: others may write the file,
# but not put another in its place; others: they may do that, or it could not be told.
set_writers() {
  writers=root
  while [ -n "$spots" ]; do
    way=${spots%%//*}
    spots=${spots#*//}
    case $crowded in *"$newline$way$newline"*) writers=others ;; esac
  done
  # shellcheck disable=SC2086 # words
  [ "$writers" = root ] && [ -n "$words" ] || return 0
  # shellcheck disable=SC2086 # words
  alone $words "$resolved" || writers="file"
}

# only_root PATH: may root alone say what stands at this path? True when every folder on the way, along every link, is root's and
# nobody else may write it. Sets resolved, and words and writers of what stands there. One process, and one for each link.
only_root() {
  ways=$newline words='' writers=others
  walk "$1" || return 1
  tell_ways "$resolved"
  take_told "$resolved"
  set_writers
  [ "$writers" != others ]
}

# rooted PATH: the same, and it lies where root's own files are: nowhere that a boot empties, that is the kernel's, an ordinary user's or
# tsync's own.
rooted() {
  only_root "$1" || return 1
  case ${resolved#"$root"} in
    /var/lib/tsync | /var/lib/tsync/* | /var/tmp | /var/tmp/* | /var/run | /var/run/* | /var/lock | /var/lock/*) return 1 ;;
    /etc/* | /usr/* | /opt/* | /srv/* | /var/* | /root/* | /boot/* | /lib/* | /lib64/*) ;;
    *) return 1 ;;
  esac
}

# attributes_of PATH...: one process for the attributes of all of these, for section_file, which takes them in this order.
attributes_of() {
  ways=$newline places=''
  for place in ${1+"$@"}; do
    shift
    if walk "$place"; then
      places=$places$place//$resolved//$spots$newline
      set -- ${1+"$@"} "$resolved"
    else
      places=$places$place//$newline
    fi
  done
  if [ -n "$places" ]; then tell_ways ${1+"$@"}; fi
}

# set_attributes PATH: resolved, words and writers of a file: as attributes_of found them, or asked for now. resolved is empty
# where the path could not be followed.
set_attributes() {
  place=${places%%"$newline"*}
  case $place in
    "$1//"*)
      places=${places#*"$newline"}
      place=${place#"$1//"}
      resolved=${place%%//*} spots=${place#*//} words='' writers=others
      [ -n "$resolved" ] || return 0
      take_told "$resolved"
      set_writers
      ;;
    # a path that could not be followed to its end has no end
    *) only_root "$1" || [ -n "$spots" ] || resolved='' ;;
  esac
}

# ends_of FILE...: how each ends, into $file_ends for section_file, where a line feed at the end would be lost: one look for all.
ends_of() { file_ends=$(tail -c 1 ${1+"$@"} /dev/null 2>/dev/null | tr '\0' 0); }

# holds_secret PATH: keys and passwords never leave the host, whoever asks for them.
holds_secret() {
  case $1 in
    *.keys | *.key | *.pem | */ntp/keys | */ntp/crypto/* | */shadow | */shadow- | */gshadow | */gshadow-) return 0 ;;
    */ssh_host_*_key | */.ssh/id_* | *.keytab | *.p12 | */ssl/private/* | */.pgpass | */.netrc) return 0 ;;
    *ntp*.conf) [ -f "$root$1" ] && file_in_image "$root$1" && grep -qiE '^[[:space:]]*crypto[[:space:]].*pw[[:space:]]' "$root$1" </dev/null 2>/dev/null ;;
    *) return 1 ;;
  esac
}

# section_file PATH: a file with its attributes. Absent, denied and refused (no regular file) are said, not guessed.
section_file() {
  file=$root$1 path=$1 content='' file_words=''
  set_attributes "$1"
  if ! in_image "$file"; then
    state=refused
  elif [ ! -e "$file" ] && [ ! -L "$file" ]; then
    folder=${file%/*}
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=${folder%/*}; done
    if [ -x "${folder:-/}" ]; then state=absent; else state=denied; fi
    file_words="writers=$writers"
  elif [ ! -f "$file" ] || ! file_in_image "$file"; then
    state=refused
  elif [ "$resolved" != "$file" ] && holds_secret "${resolved#"$root"}"; then
    state=refused
  else
    target=''
    if [ "$resolved" != "$file" ]; then
      if [ -z "$resolved" ]; then resolved=$(readlink -f "$file"); fi
      set_encoded "${resolved#"$root"}"
      target=" target=$encoded"
    fi
    if [ -z "$words" ]; then words=$(stat -L -c '%u %g %a %U %G %s' "$file" 2>/dev/null); fi
    # shellcheck disable=SC2086 # six words: uid, gid, mode, owner, group, size
    set -- $words '?' '?' '?' '?' '?' '?'
    set_encoded "$4"
    file_words="mode=$3 owner=$encoded"
    set_encoded "$5"
    file_words="$file_words group=$encoded size=$6$target writers=$writers"
    if [ ! -r "$file" ]; then
      state=denied
    elif [ "$writers" = others ]; then
      read_shared
    else
      read_content "$6"
    fi
  fi
  frame file "$path" "$state" "$content" "$file_words"
}

# read_content SIZE: the bytes of $file into $content, and $state. A shell's variable takes no NUL and loses line feeds at the
# end: where it does not hold as much as the file is said to have, the bytes are told as hexadecimal digits.
read_content() {
  state=ok expected=$1
  if [ "$1" -gt 65537 ]; then expected=65537; fi
  case $expected:$file_ends in
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

# read_shared: the same of a file that others can exchange at any moment, also for a link to what only root may read: it is opened once,
# and given out only where everybody may read what was opened.
read_shared() {
  state=ok
  content=$(print_shared 3<"$file" && echo .) || state=refused
  content=${content%.}
} 2>/dev/null
print_shared() {
  shared_mode=$(stat -L -c %a /proc/self/fd/3) || return 1
  case $shared_mode in *[4567]) head -c 65537 <&3 ;; *) return 1 ;; esac
}

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
