# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Which time daemons run, and which of them are root's own.

# Running time daemons by the name the kernel has for them (15 characters), and their arguments. Anybody may give a process of
# his such a name: only what root started is `process`, where its program could be told, and `unverified`, where only root can
# tell it. A daemon of a container is seen by its host too: `foreign`. All else is a `stranger`, of which nothing is read.
probe_processes() {
  chronyd_pid='' ntpd_pid='' chronyd_doubted='' own_processes=' '
  time_processes='chronyd|ntpd|ntpsec|systemd-timesyn|openntpd|ptp4l|phc2sys|timemaster|vmtoolsd'
  # what a step of the clock may disturb: src/facts/step-hazards.ts
  minding_processes='postgres|postmaster|mysqld|mariadbd|ora_pmon_.*|mongod|etcd|consul|redis-server|beam.smp|sssd|krb5kdc'
  minding_processes="$minding_processes|winbindd|samba|smbd|crond?|atd|corosync|pacemakerd|kubelet|ceph-mon|ceph-osd"
  sought_processes="($time_processes|$minding_processes)"
  minded=' ' candidates='' candidates_count=0
  found=$(
    cd "$root/proc" 2>/dev/null || exit 0
    if [ -e 1/comm ]; then
      quiet grep -lsE "^$sought_processes\$" [0-9]*/comm
    else
      quiet grep -lsE "^[0-9]+ [(]${sought_processes}[)] " [0-9]*/stat
    fi
  )
  begin processes
  if process_name 1; then say looked; fi
  in_container=''
  if of_container 1; then in_container=yes; fi
  for file in $found; do
    pid=${file%/*}
    process_name "$pid" || continue
    case $name in '' | *[!A-Za-z0-9_.-]*) continue ;; esac
    case "|$time_processes|" in
      *"|$name|"*)
        candidates="$candidates $pid"
        candidates_count=$((candidates_count + 1))
        continue
        ;;
    esac
    # in a container too: it has this clock
    case $minded in
      *" $name "*) ;;
      *)
        say "minds $name"
        minded="$minded$name "
        ;;
    esac
  done
  if [ -n "$candidates" ]; then print_daemons; fi
  finish
  count=0
  for pid in $own_processes; do
    count=$((count + 1))
    [ "$count" -le 12 ] || break
    # as digits: it may hold anything, and the arguments in it end with NULs
    digits=$(quiet od -An -v -tx1 -N 4096 "$root/proc/$pid/cmdline")
    frame values "cmdline:$pid" ok "$digits" encoding=hex
  done
}

# print_daemons: what each of the candidates is. Of several by one name the first counts: one that could be told before one that could
# not, then the one of the pid file, then one that no other daemon started.
print_daemons() {
  time_accounts
  # an ordinary user with thousands of them costs two processes, not thousands of looks; some are named
  if [ "$candidates_count" -gt 32 ]; then
    say "strangers $candidates_count"
    candidates=$(
      cd "$root/proc" || exit 0
      # shellcheck disable=SC2046,SC2086 # words: numbers
      set -- $(printf '%s/status\n' $candidates) $(printf '%s/cgroup\n' $candidates)
      believed_uids=$(printf %s "0$time_uids" | tr ' ' '|')
      quiet grep -lsE "^Uid:[[:space:]]+($believed_uids)[[:space:]]|:/[^.]*/(chronyd?|ntpd?|ntpsec|openntpd|systemd-timesyncd)[.]service\$" \
        ${1+"$@"} | head -n 128
      printf '%s\n' "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" "$9"
    )
  fi
  first='' second='' third='' fourth='' strangers=0 sound_programs=' ' judged=' '
  for pid in $candidates; do
    pid=${pid%/*}
    case $judged in *" $pid "*) continue ;; esac
    judged="$judged$pid "
    process_name "$pid" || continue
    judge_process "$pid" || continue
    case $verdict in
      process)
        if of_pid_file "$pid" "$name"; then
          first="$first $pid:$name"
        elif [ "$parent" = 1 ]; then
          second="$second $pid:$name"
        else
          third="$third $pid:$name"
        fi
        ;;
      unverified) fourth="$fourth $pid:$name" ;;
      foreign) say "foreign $pid $name" ;;
      stranger)
        strangers=$((strangers + 1))
        if [ "$strangers" -le 20 ]; then say "stranger $pid $name $uid"; fi
        ;;
    esac
  done
  verdict=process
  for one in $first $second $third - $fourth; do
    pid=${one%%:*}
    name=${one#*:}
    case $name in
      -)
        verdict=unverified
        continue
        ;;
      chronyd) chronyd_pid=${chronyd_pid:-$pid} ;;
      ntpd | ntpsec | openntpd) ntpd_pid=${ntpd_pid:-$pid} ;;
    esac
    say "$verdict $pid $name"
    own_processes="$own_processes$pid "
  done
}

# time_accounts: the numbers of the accounts that packages of time daemons make, each behind a blank, into $time_uids.
time_accounts() {
  time_uids=''
  accounts=$(quiet grep -hsE '^(_?chrony|_?ntp|ntpd|_?ntpsec|_?openntpd|systemd-timesync):' \
    "$root/etc/passwd" "$root/usr/lib/passwd")$newline
  while [ -n "$accounts" ]; do
    line=${accounts%%"$newline"*}
    accounts=${accounts#*"$newline"}
    line=${line#*:*:}
    line=${line%%:*}
    case $line in '' | *[!0-9]*) ;; *) time_uids="$time_uids $line" ;; esac
  done
}

# judge_process PID: what the process $name is, into $verdict; $uid and $parent with it. False when it is gone.
judge_process() {
  verdict=stranger
  process_status "$1" || return 1
  process_group "$1"
  if [ -z "$in_container" ] && { [ -n "$nested" ] || [ -n "$contained" ]; }; then
    verdict=foreign
    return 0
  fi
  # what a login, or a manager of a user's units, has started
  case $group/ in */user.slice/* | */user-*.slice/* | */user@*.service/* | */session-*.scope/*) return 0 ;; esac
  case " 0$time_uids " in *" $uid "*) ;; *) of_time_unit || return 0 ;; esac
  if [ -d "$root/run/systemd/system" ]; then
    case $group/ in */*.service/*) ;; *) return 0 ;; esac
  else
    started_by_root "$parent" || return 0
  fi
  judge_program "$1"
}

# of_time_unit: is the control group that of a time daemon's unit itself? Nobody but root can put a process there, whatever its account.
of_time_unit() {
  case ${group%/*}/ in */*.service/* | */*.scope/*) return 1 ;; esac
  for unit in $time_units; do if [ "${group##*/}" = "$unit" ]; then return 0; fi; done
  return 1
}

# started_by_root PID: are this process and all above it root's or a time daemon's?
started_by_root() {
  judged_uid=$uid judged_parent=$parent parent=$1 hops=0 up_to_init=no
  while [ "$hops" -lt 16 ]; do
    case $parent in
      0 | 1)
        up_to_init=yes
        break
        ;;
      '' | *[!0-9]*) break ;;
    esac
    hops=$((hops + 1))
    process_status "$parent" || break
    case " 0$time_uids " in *" $uid "*) ;; *) break ;; esac
  done
  uid=$judged_uid parent=$judged_parent
  [ "$up_to_init" = yes ]
}

# judge_program PID: is the program that runs one that bears the daemon's name, and that root alone can write? A process may name
# itself as it likes, and so may a link to a program that becomes root.
judge_program() {
  program=$(readlink "$root/proc/$1/exe" 2>/dev/null)
  if [ -z "$program" ]; then
    # root can always read it
    if [ -e "$root/proc/1/exe" ]; then return 0; fi
    verdict=unverified
    return 0
  fi
  # replaced since by its package
  program=${program%' (deleted)'}
  case $name:${program##*/} in ntpd:busybox | "$name:$name"*) ;; *) return 0 ;; esac
  case $sound_programs in
    *" $program "*) ;;
    *)
      case $program in *[!A-Za-z0-9_./:@+,~=-]*) return 0 ;; esac
      only_root "$program" && [ "$writers" = root ] || return 0
      sound_programs="$sound_programs$program "
      ;;
  esac
  verdict=process
}

# of_pid_file PID NAME: does the daemon's own pid file name it?
of_pid_file() {
  for file in "/run/$2.pid" "/var/run/$2.pid" "/run/chrony/$2.pid" "/run/chrony.pid"; do
    if read_line "$file" && [ "${line%% *}" = "$1" ]; then return 0; fi
  done
  return 1
}

# process_name PID: the kernel's name of a process into $name; kernels before 2.6.33 have it in `stat` only. A name that
# holds a line feed is nobody's.
process_name() {
  name=''
  if [ -r "$root/proc/$1/comm" ]; then
    {
      IFS= read -r name
      if IFS= read -r line || [ -n "$line" ]; then name=''; fi
    } 2>/dev/null <"$root/proc/$1/comm"
    [ -n "$name" ]
  elif read_line "/proc/$1/stat"; then
    name=${line#*\(}
    name=${name%%\)*}
  else
    return 1
  fi
}

# process_status PID: its real $uid, its $parent, and whether it has a number of its own in a namespace ($nested). False when it
# is gone, or dead and not yet buried. The kernel writes a line feed in a name as `\n` there.
process_status() {
  uid='' parent='' nested='' count=0
  [ -r "$root/proc/$1/status" ] || return 1
  while [ "$count" -lt 32 ] && IFS= read -r line; do
    count=$((count + 1))
    case $line in
      State:*Z*) return 1 ;;
      PPid:*) parent=${line#PPid:"$tab"} ;;
      Uid:*)
        uid=${line#Uid:"$tab"}
        uid=${uid%%"$tab"*}
        ;;
      NSpid:*)
        case ${line#NSpid:"$tab"} in *"$tab"*) nested=yes ;; esac
        break
        ;;
    esac
  done 2>/dev/null <"$root/proc/$1/status"
  [ -n "$uid" ]
}

# process_group PID: its control group in the tree that systemd keeps, into $group; $contained when it is one that runtimes make.
process_group() {
  group='' contained='' count=0
  [ -r "$root/proc/$1/cgroup" ] || return 0
  while [ "$count" -lt 16 ] && IFS= read -r line; do
    count=$((count + 1))
    case $line in *docker* | *kubepods* | *libpod* | *containerd* | *crio* | */lxc* | *machine.slice*) contained=yes ;; esac
    case $line in
      *:name=systemd:*) group=${line#*:name=systemd:} ;;
      0::*) if [ -z "$group" ] || [ "$group" = / ]; then group=${line#0::}; fi ;;
    esac
  done 2>/dev/null <"$root/proc/$1/cgroup"
}

# of_container PID: is its control group one that container runtimes make?
of_container() {
  process_group "$1"
  [ -n "$contained" ]
}

# believed_pid PID: is it one of those that were found to be root's? Where processes are hidden, systemd alone can tell.
believed_pid() {
  case $1 in *[!0-9]*) return 1 ;; esac
  case $own_processes in *" $1 "*) return 0 ;; esac
  [ ! -e "$root/proc/$1" ]
}
