# shellcheck shell=sh
# How a simulated chronyd behaves: it reads the configuration files of its host when it starts, follows the sources that it
# found there a second later, and knows nothing of what was edited since. Sourced after host.sh.
# state/chrony: started (time), static and dynamic (sources as loaded, one a line: SINCE MODE ADDRESS NAME OPTIONS...), sourcedirs.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # read_config works in a subshell; for chronyc; from host.sh

# chrony_has MAJOR MINOR: is the daemon at least that old?
chrony_has() {
  chrony_minor=${chrony_version#*.}
  [ "${chrony_version%%.*}" -gt "$1" ] || { [ "${chrony_version%%.*}" -eq "$1" ] && [ "${chrony_minor%%.*}" -ge "$2" ]; }
}

# read_config PATH: prints what the file and its includes say: "source MODE NAME OPTIONS", "sourcedir PATH"; fails as chronyd would.
read_config() (
  file=$1
  number=0
  [ -r "$root$file" ] || refuse "Fatal error : Could not open $file : No such file or directory"
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    set -f
    # shellcheck disable=SC2086 # words
    set -- $line
    set +f
    case ${1:-#} in
      '#'* | '%'* | ';'* | '!'*) ;;
      server | peer)
        shift
        echo "source ^ $*"
        ;;
      pool)
        shift
        echo "source pool $*"
        ;;
      refclock)
        case " $* " in
          *' stratum '* | *' tai '*) chrony_has 3 3 || bad_line 'Invalid refclock option' ;;
        esac
        shift 2
        echo "source # $*"
        ;;
      include) read_all "$2" || exit 1 ;;
      confdir)
        chrony_has 4 0 || bad_line 'Invalid directive'
        shift
        for folder in "$@"; do read_all "$folder/*.conf" || exit 1; done
        ;;
      sourcedir)
        chrony_has 4 0 || bad_line 'Invalid directive'
        echo "sourcedir $2"
        ;;
      leapseclist) chrony_has 4 6 || bad_line 'Invalid directive' ;;
    esac
  done <"$root$file"
)
bad_line() { refuse "Fatal error : $1 at line $number in file $file"; }

# read_all PATTERN: every file that matches; none is no error.
read_all() {
  IFS=''
  for match in $root$1; do
    [ -f "$match" ] || continue
    (
      unset IFS
      read_config "${match#"$root"}"
    ) || exit 1
  done
  unset IFS
}

# address NAME INDEX: a documentation address for a name, always the same one.
address() {
  case $1 in
    *[!0-9.]*)
      sum=$(printf %s "$1" | cksum)
      echo "203.0.113.$(((${sum%% *} + 61 * $2) % 250 + 1))"
      ;;
    *) echo "$1" ;;
  esac
}

# records SINCE: turns lines of read_config into records; a pool becomes its servers.
records() {
  clocks=0
  while read -r word mode name options; do
    [ "$word" = source ] || continue
    case $mode in
      '#')
        echo "$1 # PHC$clocks $name $options"
        clocks=$((clocks + 1))
        ;;
      pool)
        index=0
        count=$(option_value "$options" maxsources 4)
        while [ $index -lt "$count" ]; do
          echo "$1 ^ $(address "$name" $index) $name $options"
          index=$((index + 1))
        done
        ;;
      *) echo "$1 ^ $(address "$name" 0) $name $options" ;;
    esac
  done
}

# read_sourcedirs SINCE: the records of *.sources; only server, pool and peer count there.
read_sourcedirs() {
  while read -r _ folder; do
    read_all "$folder/*.sources"
  done <"$state/chrony/sourcedirs" | grep -v '^source #' | records "$1"
}

# chrony_start CONFIG: loads the configuration, or says on standard error why chronyd exits.
chrony_start() {
  mkdir -p "$state/chrony" "$root/run/chrony"
  read_config "$1" >"$state/chrony/read" || return 1
  while read -r word mode device _; do
    if [ "$word $mode" = 'source #' ] && [ ! -e "$root$device" ]; then
      echo "Could not open $device : No such file or directory" >&2
      echo 'Fatal error : Could not open PHC' >&2
      return 1
    fi
  done <"$state/chrony/read"
  started=$(now)
  grep '^sourcedir ' "$state/chrony/read" >"$state/chrony/sourcedirs"
  records "$started" <"$state/chrony/read" >"$state/chrony/static"
  read_sourcedirs "$started" >"$state/chrony/dynamic"
  chrony_follow "$started"
}

# chrony_reload: reads the source folders again; what stays keeps its measurements.
chrony_reload() {
  reloaded=$(now)
  read_sourcedirs "$reloaded" | while read -r _ record; do
    old=$(grep -F -- " $record" "$state/chrony/dynamic" | head -n 1)
    echo "${old:-$reloaded $record}"
  done >"$state/chrony/reloaded"
  mv "$state/chrony/reloaded" "$state/chrony/dynamic"
  chrony_follow "$reloaded"
}

# chrony_follow SINCE: a second later the clock is where the selected source says.
chrony_follow() {
  judge $(($1 + 1000))
  if [ -n "$selected" ] && ! has_option "${chrony_arguments-}" -x; then set_clock $(($1 + 1)) "$selected_offset"; fi
}

has_option() { case " $1 " in *" $2 "*) ;; *) return 1 ;; esac }

# option_value OPTIONS NAME DEFAULT
option_value() {
  case " $1 " in
    *" $2 "*)
      value=" $1 "
      value=${value#*" $2 "}
      echo "${value%% *}"
      ;;
    *) echo "$3" ;;
  esac
}

# measure NOW RECORD: sets since mode address name options, alive (yes when it answered), and offset: ahead of true time, microseconds.
measure() {
  moment=$1
  set -f
  # shellcheck disable=SC2086 # words
  set -- $2
  set +f
  since=$1 mode=$2 address=$3 name=$4
  shift 4
  options=$*
  alive=yes offset=0
  if [ "$mode" = '#' ]; then
    read -r offset <"$root$name" 2>/dev/null || alive=no
  else
    case " $dead_servers " in *" $name "* | *' all '*) alive=no ;; esac
    offset=$((${address##*.} * 7 % 900 - 450))
  fi
  if [ "$moment" -le "$since" ]; then alive=no; fi
}

# agree A B: within a tenth of a second.
agree() { [ $(($1 - $2)) -lt 100000 ] && [ $(($2 - $1)) -lt 100000 ]; }

# judge NOW: chrony's selection in short: a majority must agree (of the trusted ones, where there are any), then prefer, then
# the best. Sets loaded (the records), selected (a record or empty), selected_offset, majority (offset or empty).
judge() {
  loaded=$(cat "$state/chrony/static" "$state/chrony/dynamic" 2>/dev/null)
  selected='' selected_offset='' majority='' voters='' trusted=''
  IFS=$newline
  set -f
  # shellcheck disable=SC2086 # lines
  set -- "$1" $loaded
  set +f
  unset IFS
  at=$1
  shift
  for record in "$@"; do
    measure "$at" "$record"
    if [ $alive = no ] || has_option "$options" noselect; then continue; fi
    voters="$voters $offset"
    if has_option "$options" trust; then trusted="$trusted $offset"; fi
  done
  if [ -n "$trusted" ]; then voters=$trusted; fi
  for candidate in $voters; do
    votes=0 all=0
    for other in $voters; do
      all=$((all + 1))
      if agree "$candidate" "$other"; then votes=$((votes + 1)); fi
    done
    if [ -z "$majority" ] && [ $((votes * 2)) -gt $all ]; then majority=$candidate; fi
  done
  best=0
  for record in "$@"; do
    measure "$at" "$record"
    if [ $alive = no ] || has_option "$options" noselect || ! is_true; then continue; fi
    score=1
    if [ "$mode" = '#' ]; then score=2; fi
    if has_option "$options" prefer; then score=$((score + 4)); fi
    if [ $score -gt $best ]; then
      best=$score selected=$record selected_offset=$offset selected_mode=$mode selected_address=$address
      selected_stratum=$(source_stratum)
    fi
  done
}
is_true() { [ -n "$majority" ] && agree "$offset" "$majority"; }
source_stratum() { if [ "$mode" = '#' ]; then option_value "$options" stratum 0; else echo $((${address##*.} % 2 + 2)); fi; }
