# shellcheck shell=sh
# shellcheck disable=SC2154 # nonce, root, bin, paths, units, module_parameters, newline, timeout come from read_parameters in conversation.sh
# The probe program: reads everything that one plan can need, changes nothing, wakes nothing, needs no root.
# Functions only; see docs/facts.md for every section it prints, and docs/host-programs.md for the frames.
# What the kernel wrote is read with the shell's own `read`; what a person could have made long goes through `head -c`.

tsync_probe() {
  read_parameters ${1+"$@"}
  watchdog 120
  clock_exchanges
  probe_sections
  done_frame
  # Whoever doubts the first answers, because they came while it was busy, may ask again; mostly the input ends here.
  answer_clock
  unwatch
}

probe_sections() {
  limit_before=$limit
  # shellcheck disable=SC2034 # x in conversation.sh uses it
  limit=8
  files_seen=$newline files_count=0 files=''
  section uid id -u
  if [ -n "$image" ]; then
    probe_image
    probe_files
    limit=$limit_before
    return
  fi
  section uname uname -srm
  probe_system
  probe_ptp
  probe_hyperv
  probe_kernel_log
  probe_release_files
  probe_processes
  probe_services
  probe_packages
  probe_chrony
  probe_other_daemons
  probe_dhcp_servers
  probe_device_rules
  probe_clock_jobs
  probe_transactions
  probe_asked_files
  probe_asked_parameters
  probe_files
  limit=$limit_before
}

# --- small tools -------------------------------------------------------------------------------------------------------

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

# --- the machine -------------------------------------------------------------------------------------------------------

probe_system() {
  begin system
  if [ -n "$here" ]; then say here=yes; fi
  if process_name 1; then say "init=$name"; fi
  if [ -d "$root/run/systemd/system" ]; then say systemd=yes; fi
  if [ -d "$root/run/openrc" ]; then say openrc=yes; fi
  if [ -d "$root/etc/init" ] && [ -e "$root/sbin/initctl" ] && [ ! -L "$root/sbin/initctl" ]; then say upstart=yes; fi
  if [ ! -d "$root/run/systemd/system" ]; then probe_boot_hook; fi
  value uptime /proc/uptime
  value boot-id /proc/sys/kernel/random/boot_id
  value cmdline /proc/cmdline
  value clocksource /sys/devices/system/clocksource/clocksource0/current_clocksource
  value clocksources /sys/devices/system/clocksource/clocksource0/available_clocksource
  for dmi in sys_vendor product_name chassis_asset_tag bios_vendor bios_version; do
    value "dmi.$dmi" "/sys/class/dmi/id/$dmi"
  done
  if [ -d "$root/sys/class/dmi/id" ]; then say dmi=yes; fi
  value hypervisor /sys/hypervisor/type
  if read_line /sys/hypervisor/uuid; then case $line in [Ee][Cc]2*) say ec2=yes ;; esac; fi
  if [ -e "$root/run/ostree-booted" ]; then say ostree=yes; fi
  value container /run/systemd/container
  if in_container_by_marks; then say container-mark=yes; fi
  if [ -e "$root/proc/sys/fs/binfmt_misc/WSLInterop" ] || [ -e "$root/run/WSL" ]; then say wsl=yes; fi
  if [ -e "$root/var/lib/waagent" ]; then say waagent=yes; fi
  if [ -d "$root/sys/fs/selinux" ]; then value selinux /sys/fs/selinux/enforce; else value selinux /selinux/enforce; fi
  if [ -e "$root/run/systemd/timesync/synchronized" ]; then say timesync-synchronized=yes; fi
  value ena-phc /sys/module/ena/parameters/phc_enable
  if [ -e "$root/usr/share/zoneinfo/right/UTC" ]; then say leap-zone=yes; elif [ -d "$root/usr/share/zoneinfo" ]; then say leap-zone=no; fi
  probe_hypervisor_bit
  probe_vm_size
  finish
}

# Has this init a place for what takes an unconfirmed change back at the next boot? Those that boot-hook.sh uses.
probe_boot_hook() {
  if [ -d "$root/run/openrc" ]; then
    for file in "$root"/etc/runlevels/boot/* "$root"/etc/runlevels/sysinit/*; do
      if [ -L "$file" ]; then
        say boot-hook=yes
        return
      fi
    done
  elif [ -d "$root/etc/rcS.d" ] || [ -d "$root/etc/rc.d/rc3.d" ]; then
    say boot-hook=yes
    return
  fi
  say boot-hook=no
}

# What runtimes leave: files, the control group, OpenVZ's /proc/vz, and for root `container=` in the environment of process 1.
in_container_by_marks() {
  if [ -e "$root/.dockerenv" ] || [ -e "$root/run/.containerenv" ] || of_container 1; then return 0; fi
  if [ -d "$root/proc/vz" ] && [ ! -d "$root/proc/bc" ]; then return 0; fi
  [ -r "$root/proc/1/environ" ] || return 1
  # `read` leaves the NULs out: only what it sees at all is worth three processes
  read_line /proc/1/environ
  case $line in *container=*) ;; *) return 1 ;; esac
  quiet head -c 65536 "$root/proc/1/environ" | tr '\0' '\n' | grep -q '^container=.'
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

# The size of an Azure VM as cloud-init wrote it down at boot: nobody is asked over the network.
probe_vm_size() {
  [ -d "$root/sys/bus/vmbus" ] && [ -r "$root/run/cloud-init/instance-data.json" ] || return 0
  size=$(quiet grep -soE '"vmSize": *"[A-Za-z0-9_-]{1,80}"' "$root/run/cloud-init/instance-data.json" | head -n 1)
  size=${size%\"}
  if [ -n "$size" ]; then say "vm-size=${size##*\"}"; fi
}

# The processor says that it is virtual in the flags of /proc/cpuinfo, within the first 40 lines.
probe_hypervisor_bit() {
  [ -r "$root/proc/cpuinfo" ] || return 0
  count=0
  while [ "$count" -lt 40 ] && IFS= read -r line; do
    count=$((count + 1))
    case $line in
      flags*)
        case "$line " in *' hypervisor '*) say virtual=yes ;; *) say virtual=no ;; esac
        break
        ;;
    esac
  done <"$root/proc/cpuinfo"
}

# Every PTP clock by the name its driver gave it; the index says nothing.
probe_ptp() {
  begin ptp
  if [ -d "$root/sys/class" ]; then say looked; fi
  for clock in "$root"/sys/class/ptp/*; do
    [ -e "$clock" ] || continue
    if read_line "${clock#"$root"}/clock_name"; then say "clock ${clock##*/} $line"; else say "clock ${clock##*/}"; fi
  done
  for link in "$root"/dev/ptp*; do
    if [ -L "$link" ]; then
      say "link ${link#"$root"} $(readlink "$link")"
    elif [ -e "$link" ]; then
      say "node ${link#"$root"}"
    fi
  done
  finish
}

probe_hyperv() {
  begin hyperv
  if [ -d "$root/sys/bus" ]; then say looked; fi
  if [ -d "$root/sys/bus/vmbus" ]; then
    say vmbus
    for file in "$root"/sys/bus/vmbus/devices/*/class_id; do
      if [ -e "$file" ] && read_line "${file#"$root"}"; then say "class $line"; fi
    done
    for driver in "$root"/sys/bus/vmbus/drivers/*; do
      if [ -e "$driver" ]; then say "driver ${driver##*/}"; fi
    done
  fi
  for module in hv_utils hv_vmbus; do
    if [ -d "$root/sys/module/$module" ]; then say "module $module"; fi
    value "version $module" "/sys/module/$module/version"
  done
  for file in "$root"/sys/module/hv_utils/parameters/*; do
    if [ -e "$file" ]; then value "parameter ${file##*/}" "${file#"$root"}"; fi
  done
  finish
  if [ -d "$root/sys/bus/vmbus" ] && has modinfo; then
    capture_matching '^(filename|version):' modinfo hv_vmbus hv_utils
    section_captured modinfo
  fi
}

kernel_pattern='hv_util|hv_vmbus|Hyper-?V|TimeSync|LIS version|(^|[^a-z])ptp[_ 0-9]|PTP clock|not permitted|[Dd]enied'

# The ring buffer; on Hyper-V, where it is denied or its first lines are gone, what was saved of it.
probe_kernel_log() {
  captured='' status=1
  if has dmesg; then
    capture_matching "$kernel_pattern" dmesg
    section_captured dmesg
  fi
  [ -d "$root/sys/bus/vmbus" ] || return 0
  if kernel_log_suffices; then return 0; fi
  if has journalctl; then
    # the first lines of this boot: journalctl ends when head has enough
    captured=$(x journalctl -k -b -q --no-pager 2>/dev/null | head -n 4000 | grep -aE "$kernel_pattern" | head -c 65600)
    status=0
    section_captured journalctl
    if kernel_log_suffices; then return 0; fi
  fi
  for log in /var/log/dmesg /var/log/boot.msg /var/log/kern.log /var/log/messages; do
    if [ ! -f "$root$log" ]; then continue; fi
    if [ ! -r "$root$log" ]; then
      begin "log:$log"
      finish denied
      continue
    fi
    captured=$(quiet tail -c 1048576 "$root$log" | grep -aE "$kernel_pattern" | head -c 65500)
    begin "log:$log"
    if [ -n "$captured" ]; then say "$captured"; fi
    finish
    if kernel_log_suffices; then return 0; fi
  done
}

kernel_log_suffices() {
  [ "$status" = 0 ] || return 1
  case $captured in *Build*IC\ version* | *Build*TimeSync\ version* | *IC\ version*Build*) return 0 ;; esac
  return 1
}

probe_release_files() {
  if [ -e "$root/etc/os-release" ]; then probe_file /etc/os-release; else probe_file /usr/lib/os-release; fi
  for name in redhat-release centos-release oracle-release enterprise-release debian_version SuSE-release \
    alpine-release system-release; do
    if [ -e "$root/etc/$name" ]; then probe_file "/etc/$name"; fi
  done
}

# --- time services -----------------------------------------------------------------------------------------------------

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

time_units='chrony.service chronyd.service systemd-timesyncd.service ntp.service ntpd.service ntpsec.service openntpd.service
ntpdate.service systemd-time-wait-sync.service ptp4l.service phc2sys.service timemaster.service'
unit_properties=Id,Names,LoadState,ActiveState,SubState,UnitFileState,FragmentPath,DropInPaths,MainPID

# Plain `systemctl show` asks process 1 and starts nothing. Where another init runs, its scripts and links.
probe_services() {
  timesyncd_active=''
  if [ -d "$root/run/systemd/system" ]; then
    section systemd systemctl --version
    asked=$time_units
    split_lines "$units"
    for unit in $lines; do asked="$asked $unit"; done
    # shellcheck disable=SC2086 # words: unit names
    capture systemctl show --no-pager -p "$unit_properties" $asked
    section_captured services
    # units made from sysv scripts (Ubuntu 16.04's chrony and ntp) start by the links of those
    case $captured in *FragmentPath=/run/systemd/generator*) probe_init_scripts ;; esac
    probe_unit_blocks
    probe_links /etc/systemd/system
    probe_links /run/systemd/system
  else
    probe_init_scripts
  fi
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

# Blocks of `systemctl show` stand apart by an empty line; the order of the lines in them is systemd's own.
probe_unit_blocks() {
  remaining=$captured$newline$newline
  while :; do
    case $remaining in *"$newline$newline"*) ;; *) break ;; esac
    block=$newline${remaining%%"$newline$newline"*}$newline
    remaining=${remaining#*"$newline$newline"}
    case $block in *"${newline}LoadState=loaded"*) ;; *) continue ;; esac
    property Id
    unit=$value
    property FragmentPath
    if [ -n "$value" ]; then probe_file "$value"; fi
    property DropInPaths
    split_words "$value"
    for file in $words; do probe_file "$file"; done
    for folder in /etc /run; do probe_matches "$root$folder/systemd/system/$unit.d"/*.conf; done
    property MainPID
    if [ "${value:-0}" != 0 ]; then
      case $unit in
        chrony.service | chronyd.service) if believed_pid "$value"; then chronyd_pid=$value; else chronyd_doubted=yes; fi ;;
        ntp.service | ntpd.service | ntpsec.service | openntpd.service) if believed_pid "$value"; then ntpd_pid=$value; fi ;;
      esac
    fi
    property ActiveState
    if [ "$unit $value" = 'systemd-timesyncd.service active' ]; then timesyncd_active=yes; fi
    if [ "$value" = failed ] && has journalctl; then
      section "last-words:$unit" journalctl -q --no-pager -o cat -b -n 3 "_SYSTEMD_UNIT=$unit"
    fi
  done
}

# believed_pid PID: is it one of those that were found to be root's? Where processes are hidden, systemd alone can tell.
believed_pid() {
  case $1 in *[!0-9]*) return 1 ;; esac
  case $own_processes in *" $1 "*) return 0 ;; esac
  [ ! -e "$root/proc/$1" ]
}

# property NAME: its value in $block, into $value.
property() {
  value=''
  case $block in
    *"$newline$1="*)
      value=${block#*"$newline$1="}
      value=${value%%"$newline"*}
      ;;
  esac
}

# split_words TEXT: words without globs, into $words.
split_words() {
  case $1 in *[*?[]*) words='' ;; *) words=$1 ;; esac
}

# The symbolic links (and empty files, which mask too) that enable, alias or mask a unit: one `ls` in the folder itself.
probe_links() {
  [ -d "$root$1" ] && folder_in_image "$root$1" || return 0
  begin "links:$1"
  found=$(
    cd "$root$1" || exit 0
    set --
    for unit in *.service; do if [ -L "$unit" ] || { [ -f "$unit" ] && [ ! -s "$unit" ]; }; then set -- ${1+"$@"} "$unit"; fi; done
    for unit in $asked; do
      for link in *.wants/"$unit" *.requires/"$unit"; do
        if [ -L "$link" ] && in_image "$PWD/$link"; then set -- ${1+"$@"} "$link"; fi
      done
    done
    if [ "$#" -gt 0 ]; then quiet ls -ld ${1+"$@"}; fi
  )
  if [ -n "$found" ]; then say "$found"; fi
  finish
}

# sysv, upstart, OpenRC: which scripts are there, where they are linked to start and stop, and what OpenRC has started.
probe_init_scripts() {
  set --
  begin init-scripts
  split_lines "$units"
  for unit in chrony chronyd ntp ntpd ntpsec openntpd ntpdate ptp4l phc2sys timemaster $lines; do
    for file in "$root/etc/init.d/$unit" "$root/etc/init/$unit.conf" "$root"/etc/runlevels/*/"$unit" \
      "$root/run/openrc/started/$unit"; do
      if [ -e "$file" ] || [ -L "$file" ]; then
        say "${file#"$root"}"
        case $file in "$root"/etc/runlevels/*) set -- ${1+"$@"} "${file#"$root/"}" ;; esac
      fi
    done
    override=$root/etc/init/$unit.override
    if [ -f "$override" ] && quiet grep -qs '^[[:space:]]*manual' "$override"; then say "manual $unit"; fi
    # /etc/rc3.d may be a link into /etc/rc.d, and /etc/rc.d one to /etc/init.d: each link once, by its real place
    for folder in /etc/rc.d /etc/init.d /etc; do
      if [ -L "$root$folder" ] || [ -L "$root$folder/rc3.d" ]; then continue; fi
      for file in "$root$folder"/rc[0-6S].d/[SK][0-9][0-9]"$unit"; do
        if [ -e "$file" ] || [ -L "$file" ]; then
          say "${file#"$root"}"
          set -- ${1+"$@"} "${file#"$root/"}"
        fi
      done
    done
  done
  # what a playbook names is asked of its script; whether a time daemon runs is seen from its process
  for unit in $lines; do
    if [ -x "$root/etc/init.d/$unit" ]; then
      if [ -d "$root/run/openrc" ]; then x rc-service "$unit" status; else x service "$unit" status; fi >/dev/null 2>&1
      say "status $unit $?"
    fi
  done
  finish
  # where they lead to, by one `ls`: nothing less can be undone exactly
  begin links:scripts
  found=''
  if [ "$#" -gt 0 ]; then found=$(cd "$root/" && quiet ls -ld ${1+"$@"}); fi
  if [ -n "$found" ]; then say "$found"; fi
  finish
  # their headers say in which runlevels they want to start, and with which number
  for unit in chrony chronyd ntp ntpd ntpsec openntpd $lines; do
    if [ -f "$root/etc/init.d/$unit" ]; then probe_file "/etc/init.d/$unit"; fi
  done
  # Debian's startpar starts only what stands in this list
  if [ -f "$root/etc/init.d/.depend.start" ]; then probe_file /etc/init.d/.depend.start; fi
}

probe_packages() {
  if has dpkg-query; then
    # shellcheck disable=SC2016 # ${...} is dpkg-query's own
    section packages:dpkg dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n' \
      chrony systemd-timesyncd ntp ntpsec openntpd ntpdate linuxptp open-vm-tools tzdata-legacy
  elif has apk; then
    section packages:apk apk info -e -v chrony openntpd ntpsec linuxptp open-vm-tools busybox
  elif has rpm; then
    section packages:rpm rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' \
      chrony ntp ntpsec openntpd ntpdate systemd-timesyncd linuxptp open-vm-tools kmod-microsoft-hyper-v microsoft-hyper-v
  fi
}

# --- chrony ------------------------------------------------------------------------------------------------------------

probe_chrony() {
  probe_chronyd_version
  main='' refused_file=''
  if [ -n "$chronyd_pid" ]; then
    file_option "$chronyd_pid" f
    main=$option
  elif [ -n "$chronyd_doubted" ]; then
    # systemd has started something else in its place
    main=odd
  fi
  if [ -z "$main" ]; then chronyd_config_of_distribution; fi
  begin chrony-config
  walked=$newline config_files='' sources_folders='' config_folders='' include_folders='' key_files='' steps=0
  if [ -n "$refused_file" ]; then say "untrusted $refused_file"; fi
  if [ "$main" = odd ]; then say 'skipped -f'; else walk_config "$main" 0; fi
  # shellcheck disable=SC2086 # words: paths of plain characters
  print_untrusted $config_files $config_folders $sources_folders $include_folders $key_files
  finish
  if [ "$main" != odd ] && [ -z "$image" ]; then probe_chrony_check "$main"; fi
  for file in $config_files; do probe_file "$file"; done
  for file in $key_files; do probe_file "$file"; done
  for folder in $config_folders; do probe_file "$folder/tsync.conf"; done
  for folder in $sources_folders; do probe_file "$folder/tsync.sources"; done
  probe_file /etc/chrony/chrony.conf
  probe_file /etc/chrony.conf
  probe_file /etc/default/chrony
  probe_file /etc/sysconfig/chronyd
  if [ -e "$root/etc/conf.d/chronyd" ]; then probe_file /etc/conf.d/chronyd; fi
  if [ -n "$chronyd_pid" ]; then probe_chrony_readings; fi
}

# chrony_before_csv, chrony_before_4: what this chronyc cannot do yet. Nothing is known of a version that is not printed.
probe_chronyd_version() {
  chrony_before_csv='' chrony_before_4=''
  if ! has chronyd; then
    section chronyd-version chronyd -v
    return
  fi
  capture chronyd -v
  section_captured chronyd-version
  case $captured in *'version 1.'* | *'version 2.'[0-3] | *'version 2.'[0-3][!0-9]*) chrony_before_csv=yes ;; esac
  case $captured in *'version '[123].*) chrony_before_4=yes ;; esac
}

# probe_chrony_check FILE: would chronyd take its configuration? From 4.0 on it reads it, prints it and ends; only what it says of it is kept.
probe_chrony_check() {
  if [ -n "$chrony_before_4" ] || ! has chronyd || [ ! -e "$root$1" ]; then return 0; fi
  capture_matching '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]*Z ' chronyd -p -f "$root$1"
  section_captured chrony-check
}

# CSV from 2.4 on; before that the texts for people. `selectdata` and `authdata` answer root only. A chronyd that does not
# answer is not asked five times, because each question may take its whole deadline.
probe_chrony_readings() {
  if [ -n "$chrony_before_csv" ]; then
    section tracking-text chronyc -n tracking
    section sources-text chronyc -n sources
    return
  fi
  if has chronyc; then
    capture chronyc -c -n tracking
    section_captured tracking
  else
    section tracking chronyc -c -n tracking
    status=127
  fi
  section sources chronyc -c -n sources
  [ "$status" = 0 ] || return 0
  section sourcestats chronyc -c -n sourcestats
  if [ -z "$chrony_before_4" ]; then
    section selectdata chronyc -c -n selectdata
    section authdata chronyc -c -n authdata
  fi
}

# file_option PID LETTER: the file of `-f FILE` or `-fFILE` in a command line, into $option: images start a daemon with
# another file than the distribution's. `odd`: a name that is not followed, $refused_file where others can write it. Empty: no such
# option.
file_option() {
  option='' previous='' refused_file=''
  # `read` leaves the NULs between the arguments out: enough to see that the option is not there
  read_line "/proc/$1/cmdline"
  case $line in *"-$2"*) ;; *) return ;; esac
  rest=$(head -c 4096 "$root/proc/$1/cmdline" 2>/dev/null | tr '\0\n' '\n\001')$newline
  while [ -n "$rest" ]; do
    argument=${rest%%"$newline"*}
    rest=${rest#*"$newline"}
    if [ "$previous" = "-$2" ]; then option=$argument; fi
    case $argument in "-$2"?*) option=${argument#-?} ;; esac
    previous=$argument
  done
  case $option in
    '') ;;
    *[!A-Za-z0-9_./:@+,~-]* | [!/]* | *//* | */./* | */../* | */. | */.. | */) option=odd ;;
    *) if ! believed_file "$option"; then option=odd; fi ;;
  esac
}

# believed_file PATH: does it lead to itself, or to a place where a distribution keeps such a file, over folders that root
# alone can write?
believed_file() {
  if ! only_root "$1" || [ "$writers" != root ]; then
    refused_file=$1
    return 1
  fi
  case ${resolved#"$root"} in "$1" | /etc/* | /usr/*) ;; *) return 1 ;; esac
}

# print_untrusted PATH...: those of what a daemon reads that others than root can write.
print_untrusted() {
  attributes_of ${1+"$@"}
  for path in ${1+"$@"}; do
    set_attributes "$path"
    if [ "$writers" != root ]; then say "untrusted $path"; fi
  done
}

chronyd_config_of_distribution() {
  main=/etc/chrony.conf
  if [ -e "$root/etc/debian_version" ] || [ -e "$root/etc/alpine-release" ]; then main=/etc/chrony/chrony.conf; fi
  if [ ! -e "$root$main" ]; then
    for file in /etc/chrony.conf /etc/chrony/chrony.conf; do if [ -e "$root$file" ]; then main=$file; fi; done
  fi
}

# walk_config FILE DEPTH: says what chronyd reads, in its order: include (a glob), confdir (*.conf), sourcedir (*.sources).
# At most 60 files, 8 deep, none twice. The directives come from grep, so that a long file cannot keep the shell busy.
walk_config() {
  case $walked in
    *"$newline$1$newline"*)
      say "again $1"
      return
      ;;
  esac
  steps=$((steps + 1))
  if [ "$2" -gt 8 ] || [ "$steps" -gt 60 ]; then
    say "limit $1"
    return
  fi
  walked=$walked$1$newline
  say "file $1"
  config_files="$config_files $1"
  [ -f "$root$1" ] && [ -r "$root$1" ] && file_in_image "$root$1" || return 0
  # every level of the recursion keeps its rest in the arguments, because POSIX sh has no local variables
  set -- "$2" "$(quiet grep -aiE -m 200 '^[[:space:]]*(include|confdir|sourcedir|keyfile)[[:space:]]' "$root$1")$newline"
  while [ -n "$2" ]; do
    directive=${2%%"$newline"*}
    set -- "$1" "${2#*"$newline"}"
    walk_directive "$1" "$directive"
  done
}

# walk_directive DEPTH LINE: what one directive brings. Arguments, not variables, survive the recursion.
walk_directive() {
  case $2 in *[!A-Za-z0-9_./:@+,~=*?\ \	-]*)
    say "skipped $2"
    return
    ;;
  esac
  set -f
  # shellcheck disable=SC2086 # the words of the directive
  set -- "$1" $2
  set +f
  [ "$#" -ge 3 ] || return 0
  case $2 in
    [Ii]*) walk_files "$1" "$3" ;;
    [Kk]*) key_files="$key_files $3" ;;
    [Cc]*)
      while [ "$#" -ge 3 ]; do
        say "confdir $3"
        config_folders="$config_folders $3"
        walk_files "$1" "$3/*.conf"
        keep=$1
        shift 3
        set -- "$keep" confdir ${1+"$@"}
      done
      ;;
    [Ss]*)
      while [ "$#" -ge 3 ]; do
        say "sourcedir $3"
        sources_folders="$sources_folders $3"
        walk_sources "$3/*.sources"
        keep=$1
        shift 3
        set -- "$keep" sourcedir ${1+"$@"}
      done
      ;;
  esac
}

# walk_files DEPTH GLOB: reads on in each file that the glob matches, in the order of the shell, which is chronyd's.
walk_files() {
  walk_folder=${2%%[*?]*}
  case $walk_folder in /*/*) include_folders="$include_folders ${walk_folder%/*}" ;; esac
  expand_glob "$1" "$2"
  for file in $expanded; do
    set -- ${1+"$@"} "$file"
  done
  while [ "$#" -gt 2 ]; do
    walk_config "$3" $(($1 + 1))
    walk_depth=$1
    walk_glob=$2
    shift 3
    set -- "$walk_depth" "$walk_glob" ${1+"$@"}
  done
}

# walk_sources GLOB: files of a sourcedir, where only server, pool and peer count.
walk_sources() {
  expand_glob 0 "$1"
  for file in $expanded; do
    say "sources $file"
    config_files="$config_files $file"
  done
}

# expand_glob DEPTH GLOB: at most 40 paths that match, without $root, into $expanded.
expand_glob() {
  expanded='' count=0
  case $2 in /*) ;; *) return 0 ;; esac
  glob=$root$2
  ifs=$IFS
  IFS=''
  # shellcheck disable=SC2086 # the glob is to be expanded, and only that: IFS is empty
  set -- $glob
  IFS=$ifs
  for file in ${1+"$@"}; do
    [ -e "$file" ] || [ -L "$file" ] || continue
    in_image "$file" || continue
    file=${file#"$root"}
    count=$((count + 1))
    case $file in
      *[!A-Za-z0-9_./:@+,~=-]*) say "skipped $file" ;;
      *) if [ "$count" -le 40 ]; then expanded="$expanded $file"; else say "limit $file"; fi ;;
    esac
  done
}

# --- the other daemons -------------------------------------------------------------------------------------------------

probe_other_daemons() {
  probe_file /etc/systemd/timesyncd.conf
  for folder in /usr/lib /usr/local/lib /run /etc; do probe_matches "$root$folder"/systemd/timesyncd.conf.d/*.conf; done
  if [ -e "$root/etc/systemd/timesyncd.conf" ] || [ -e "$root/usr/lib/systemd/timesyncd.conf" ]; then
    probe_file /etc/systemd/timesyncd.conf.d/zz-tsync.conf
  fi
  probe_ntp_config
  for file in /etc/openntpd/ntpd.conf /etc/ntpd.conf /etc/default/ntp /etc/default/ntpsec /etc/default/openntpd \
    /etc/default/ntpdate /etc/sysconfig/ntpd /etc/sysconfig/ntp /etc/sysconfig/ntpdate /etc/ntp/step-tickers \
    /etc/conf.d/ntpd /etc/timemaster.conf /etc/vmware-tools/tools.conf; do
    if [ -e "$root$file" ]; then probe_file "$file"; fi
  done
  if [ -n "$timesyncd_active" ]; then probe_timesyncd; fi
  if [ -n "$ntpd_pid" ]; then
    section ntpq-peers ntpq -pn
    section ntpq-system ntpq -c rv
    if has ntpctl; then section openntpd ntpctl -s all; fi
  fi
  if read_line /sys/class/dmi/id/sys_vendor; then
    case $line in VMware*) section vmware-timesync vmware-toolbox-cmd timesync status ;; esac
  fi
}

# Both verbs talk to a bus name that starts timesyncd, which stops chronyd: only where systemd says that it runs.
# Before systemd 239 there are no such verbs, and the unit's status text says what it follows.
probe_timesyncd() {
  status=''
  if has timedatectl; then
    capture timedatectl show-timesync --all
    section_captured timesync
  fi
  if [ "$status" = 0 ]; then
    section timesync-status timedatectl timesync-status
  else
    section timesync-unit systemctl show --no-pager -p StatusText systemd-timesyncd.service
  fi
}

# What ntpd reads: -c of the running one, or the distribution's files; each with its includes, one level deep.
probe_ntp_config() {
  option='' refused_file=''
  if [ -n "$ntpd_pid" ]; then file_option "$ntpd_pid" c; fi
  begin ntp-config
  config_files='' walked=$newline include_folders=''
  if [ -n "$refused_file" ]; then say "untrusted $refused_file"; fi
  case $option in
    '') for file in /etc/ntpsec/ntp.conf /etc/ntp.conf; do walk_ntp_config "$file"; done ;;
    odd) say 'skipped -c' ;;
    *) walk_ntp_config "$option" ;;
  esac
  # shellcheck disable=SC2086 # words: paths of plain characters
  print_untrusted $config_files $include_folders
  finish
  for file in $config_files; do probe_file "$file"; done
  # a file that no process reads may still be what another tool looks at
  for file in /etc/ntpsec/ntp.conf /etc/ntp.conf; do if [ -e "$root$file" ]; then probe_file "$file"; fi; done
}

walk_ntp_config() {
  if [ ! -e "$root$1" ]; then return; fi
  ntp_file "$1"
  [ -f "$root$1" ] && file_in_image "$root$1" || return 0
  included=$(quiet head -c 65537 "$root$1" | sed -n 's/^[[:space:]]*includefile[[:space:]]\{1,\}//p' | tr -d '"' | head -n 20)
  split_lines "$included"
  for file in $lines; do
    case $file in /*) ;; *) file=${1%/*}/$file ;; esac
    include_folders="$include_folders $file"
    if [ -d "$root$file" ] && in_image "$root$file/."; then
      expand_glob 0 "$file/*.conf"
      for match in $expanded; do ntp_file "$match"; done
    elif [ -e "$root$file" ]; then
      ntp_file "$file"
    fi
  done
  # ntpsec reads this folder without being told
  expand_glob 0 "${1%.conf}.d/*.conf"
  for match in $expanded; do ntp_file "$match"; done
}

ntp_file() {
  case $walked in *"$newline$1$newline"*) return ;; esac
  walked=$walked$1$newline
  say "file $1"
  config_files="$config_files $1"
}

# Servers that came by DHCP, wherever its clients put them for a daemon: `PATH:LINE`.
probe_dhcp_servers() {
  begin dhcp-servers
  if [ -d "$root/" ]; then say looked; fi
  found=$(
    cd "$root/" || exit 0
    regular ./run/chrony-dhcp/*.sources ./run/ntp.conf.dhcp ./run/ntpsec/ntp.conf.dhcp ./var/lib/ntp/ntp.conf.dhcp \
      ./etc/ntp.conf.dhcp
    mentioned '^(server|pool|peer)[[:space:]]'
    regular ./var/lib/dhclient/chrony.servers.*
    mentioned '^[0-9A-Za-z]'
    regular ./run/systemd/netif/leases/*
    mentioned '^NTP='
    regular ./var/lib/dhcp/*.leases ./var/lib/dhclient/*.leases
    mentioned '^[[:space:]]*option ntp-servers '
  )
  if [ -n "$found" ]; then say "$found"; fi
  finish
}

# mentioned PATTERN: the lines of the files in $words that match, after their names.
mentioned() {
  # shellcheck disable=SC2086 # words: the names of files
  if [ -n "$words" ]; then quiet grep -aHE -m 100 "$1" $words | head -c 8192; fi
}

# --- rules, module options, our own files ------------------------------------------------------------------------------

probe_device_rules() {
  for folder in /usr/lib/udev/rules.d /lib/udev/rules.d; do
    if [ ! -d "$root$folder" ] || ! folder_in_image "$root$folder"; then continue; fi
    begin "udev-rules:$folder"
    found=$(
      cd "$root$folder" || exit 0
      set -- ./*.rules
      if [ -n "$image" ]; then
        for file in "$@"; do
          if [ -f "$file" ] && [ ! -L "$file" ]; then set -- "$@" "$file"; fi
          shift
        done
      fi
      if [ "$#" -gt 0 ]; then quiet grep -s -m 40 ptp /dev/null "$@"; fi
    )
    if [ -n "$found" ]; then say "$found"; fi
    finish
    break
  done
  probe_file /etc/udev/rules.d/99-tsync-ptp.rules
  probe_mentions ptp "$root"/etc/udev/rules.d/*.rules
  probe_file /etc/modprobe.d/tsync-hv_utils.conf
  probe_mentions hv_utils "$root"/etc/modprobe.d/*.conf "$root"/run/modprobe.d/*.conf "$root"/usr/lib/modprobe.d/*.conf
  probe_file /etc/tsync/refclock.sh
  probe_matches "$root"/etc/tsync/*
  probe_file /etc/systemd/system/chrony.service.d/60-tsync-refclock.conf
  probe_file /etc/systemd/system/chronyd.service.d/60-tsync-refclock.conf
}

# Jobs that set a clock beside the daemons, of cron and of boot scripts: only the program's name and the file, because such
# lines may hold anything; `denied` for what only root may read.
probe_clock_jobs() {
  begin clock-jobs
  # a function, because posh and bash 3 take the ) of a `case` for the end of $(
  found=$(clock_jobs)
  if [ -n "$found" ]; then say "$found"; fi
  finish
}

clock_jobs() {
  cd "$root/" || return
  set --
  # those of ordinary users last: they can write so much that what comes behind is cut
  for file in etc/crontab etc/cron.*/* etc/network/if-up.d/ntpdate etc/rc.local etc/rc.d/rc.local etc/init.d/boot.local \
    var/spool/cron/root var/spool/cron/crontabs/root var/spool/cron/tabs/root \
    var/spool/cron/* var/spool/cron/crontabs/* var/spool/cron/tabs/*; do
    if [ ! -f "$file" ] || ! file_in_image "$root/$file"; then continue; fi
    if [ -r "$file" ]; then set -- ${1+"$@"} "./$file"; else say "denied /$file"; fi
  done
  for folder in var/spool/cron var/spool/cron/crontabs var/spool/cron/tabs; do
    if [ -d "$folder" ] && [ ! -r "$folder" ]; then say "denied /$folder"; fi
  done
  jobs=''
  if [ "$#" -gt 0 ]; then
    jobs=$(quiet grep -asHE -m 50 '^([^#]*[^#A-Za-z0-9_-])?(ntpdate|sntp|rdate|hwclock)' ${1+"$@"} | head -c 16384)
  fi
  while [ -n "$jobs" ]; do
    line=${jobs%%"$newline"*}
    jobs=${jobs#"$line"}
    jobs=${jobs#"$newline"}
    for job in ntpdate sntp rdate hwclock; do
      case ${line#*:} in *"$job"*) say "job $job ${line%%:*}" ;; esac
    done
  done
  put "$values"
}

# probe_transactions [all]: transactions of tsync that are neither confirmed nor reverted, or every one, newest first; only
# root can see them. What an open one costs more is asked for where there is one.
probe_transactions() {
  wanted_transactions=${1:-open}
  folder=$root/var/lib/tsync
  begin transactions
  if ! own_in_image; then
    finish refused
    return
  fi
  if [ -d "$folder" ] && { [ ! -r "$folder" ] || [ ! -x "$folder" ]; }; then
    finish denied
    return
  fi
  if [ -d "$folder/tx" ] && { [ ! -r "$folder/tx" ] || [ ! -x "$folder/tx" ]; }; then
    finish denied
    return
  fi
  if [ -n "$image" ]; then
    image_transactions
    finish
    return
  fi
  count=0
  newest_first=''
  for transaction_folder in "$folder"/tx/*/; do newest_first="${transaction_folder##*"$folder"/tx/} $newest_first"; done
  set -f
  for transaction_id in $newest_first; do
    transaction_folder=$folder/tx/${transaction_id%/}
    [ -d "$transaction_folder" ] || continue
    read_transaction "$transaction_folder"
    case $state in
      '' | confirmed | reverted) if [ "$wanted_transactions" = open ]; then continue; fi ;;
    esac
    count=$((count + 1))
    if [ "$count" -gt 150 ]; then
      say more
      break
    fi
    say "transaction ${transaction_id%/}"
    say "state=${state:-preparing}"
    case $state in
      confirmed | reverted) ;;
      *)
        guard_left
        say "guard=$left"
        ;;
    esac
    while read -r kept found_path; do
      if [ -f "$root$kept" ]; then say "found=$kept $found_path"; fi
    done 2>/dev/null <"$transaction_folder/found"
    say "$(quiet head -c 2048 "$transaction_folder/meta")"
    say ''
  done
  set +f
  # Work on packages removes its mark at its end; one that stands was killed, or is at work now.
  for state in "$folder"/packages/*/begun; do
    [ -e "$state" ] || continue
    transaction_folder=${state%/begun}
    say "packages ${transaction_folder##*/}"
    say state=begun
    say "$(quiet head -c 2048 "$transaction_folder/meta")"
    say ''
    break
  done
  finish
}

# guard_left: sets left to the seconds until the guard of the transaction in transaction_folder comes, to `late` when it is
# due, to none when no guard of it runs.
guard_left() {
  left=none
  [ -f "$transaction_folder/guards" ] || return 0
  guard_runs=no
  while IFS= read -r guard_name && [ "$guard_runs" = no ]; do
    case $guard_name in '' | *[!A-Za-z0-9.-]*) continue ;; esac
    if [ -f "$transaction_folder/$guard_name.pid" ]; then
      sleeper_pid='' sleeper_start=''
      read -r sleeper_pid sleeper_start <"$transaction_folder/$guard_name.pid" || :
      case $sleeper_pid in '' | *[!0-9]*) continue ;; esac
      IFS= read -r stat_line 2>/dev/null <"/proc/$sleeper_pid/stat" || continue
      # shellcheck disable=SC2086 # words
      set -- ${stat_line##*) }
      if [ "${20:-}" = "$sleeper_start" ]; then guard_runs=yes; fi
    elif [ "$(x systemctl is-active "$guard_name.timer" 2>/dev/null)" = active ]; then
      guard_runs=yes
    fi
  done <"$transaction_folder/guards"
  [ "$guard_runs" = yes ] || return 0
  left=late
  # shellcheck disable=SC2046 # two words: uptime and seconds
  set -- $(sed -n 's/^\([0-9][0-9]*\)[.0-9]* guard armed:\([0-9][0-9]*\)$/\1 \2/p' "$transaction_folder/journal" 2>/dev/null | tail -n 1)
  if [ $# = 2 ] && read -r uptime_text rest </proc/uptime; then left=$(($1 + $2 - ${uptime_text%.*})); fi
  case $left in -*) left=late ;; esac
}

probe_asked_files() {
  asked_paths=$paths
  while [ -n "$asked_paths" ]; do
    asked_path=${asked_paths%%"$newline"*}
    asked_paths=${asked_paths#*"$newline"}
    case $asked_path in /*) probe_file "$asked_path" ;; esac
  done
}

# Module parameters that the playbook names, as /sys shows them; `!` and a word where there is no value.
probe_asked_parameters() {
  if [ -z "$module_parameters" ]; then return; fi
  begin module-parameters
  split_lines "$module_parameters"
  for asked in $lines; do
    file=/sys/module/${asked%%.*}/parameters/${asked#*.}
    if [ -n "$image" ]; then
      say "$asked!no-module"
    elif read_line "$file"; then
      say "$asked=$line"
    elif [ -e "$root$file" ]; then
      say "$asked!unreadable"
    elif [ -d "$root/sys/module/${asked%%.*}" ]; then
      say "$asked!no-parameter"
    elif [ -d "$root/sys/module" ]; then
      say "$asked!no-module"
    else
      say "$asked!unreadable"
    fi
  done
  finish
}

# --- image trees -------------------------------------------------------------------------------------------------------

# probe_image: what a mounted tree will boot with. Nothing of the running system is asked: not its processes, /proc, /sys,
# kernel log, services or clock, even where they are mounted into the tree.
probe_image() {
  # shellcheck disable=SC2034 # the functions of the daemons ask for these
  chronyd_pid='' ntpd_pid='' timesyncd_active='' own_processes=' ' chronyd_doubted=''
  begin system
  say image=yes
  if [ -n "$platform" ]; then say "platform=$platform"; fi
  if [ -e "$root/usr/lib/systemd/systemd" ] || [ -e "$root/lib/systemd/systemd" ]; then
    say systemd=yes
  elif [ -e "$root/sbin/openrc" ]; then
    say openrc=yes
  fi
  if [ -d "$root/ostree" ]; then say ostree=yes; fi
  if [ -e "$root/usr/share/zoneinfo/right/UTC" ]; then say leap-zone=yes; elif [ -d "$root/usr/share/zoneinfo" ]; then say leap-zone=no; fi
  finish
  probe_release_files
  image_packages
  image_units
  probe_chrony
  probe_other_daemons
  probe_device_rules
  probe_clock_jobs
  probe_transactions
  probe_asked_files
  probe_asked_parameters
}

# image_transactions: those of a tree, newest first, by what its files say: no guard of it runs anywhere. What is not as tsync leaves
# it is `unreadable`: nothing of it may be gone by, and a person must look.
image_transactions() {
  newest_first='' count=0
  for transaction_folder in "$folder"/tx/*; do
    transaction_id=${transaction_folder##*/}
    if is_transaction_id "$transaction_id"; then
      newest_first="$transaction_id $newest_first"
    elif [ -e "$transaction_folder" ] || [ -L "$transaction_folder" ]; then
      # a name is at most 255 bytes
      set_encoded "$transaction_id"
      say "transaction $encoded${newline}state=unreadable${newline}guard=none$newline"
      count=$((count + 1))
      [ "$count" -lt 20 ] || break
    fi
  done
  for transaction_id in $newest_first; do
    transaction_folder=$folder/tx/$transaction_id
    image_state
    case $line in
      preparing | confirmed | reverted) if [ "$wanted_transactions" = open ]; then continue; fi ;;
    esac
    count=$((count + 1))
    if [ "$count" -gt 150 ]; then
      say more
      break
    fi
    say "transaction $transaction_id${newline}state=$line${newline}guard=none"
    if plain_in_image "$transaction_folder/meta"; then say "$(quiet head -c 2048 "$transaction_folder/meta")"; fi
    say ''
  done
}

# image_state: sets line to the state of the transaction in transaction_folder, or what stands for it.
image_state() {
  line=unreadable
  own_in_image "$transaction_id" && [ -d "$transaction_folder" ] || return 0
  for file in state journal; do
    file=$transaction_folder/$file
    if { [ -e "$file" ] || [ -L "$file" ]; } && ! plain_in_image "$file"; then return 0; fi
  done
  if [ -f "$transaction_folder/state" ]; then
    line=$(quiet head -c 40 "$transaction_folder/state")
    case $line in
      '') line=lost ;;
      *[!a-z]*) line=unreadable ;;
    esac
  elif quiet grep -qs ' begin$' "$transaction_folder/journal"; then
    line=lost
  else
    line=preparing
  fi
}

image_names='chrony systemd-timesyncd systemd-udev ntp ntpsec openntpd ntpdate linuxptp open-vm-tools tzdata-legacy systemd'

# image_packages: from the database in the tree, in the words of the program that would have been asked; systemd's version
# is that of its package.
image_packages() {
  status=0
  if [ -f "$root/var/lib/dpkg/status" ] && file_in_image "$root/var/lib/dpkg/status"; then
    captured=$(quiet grep -aE '^(Package|Status|Version): ' "$root/var/lib/dpkg/status" | image_dpkg)
    section_captured packages:dpkg
  elif [ -f "$root/lib/apk/db/installed" ] && file_in_image "$root/lib/apk/db/installed"; then
    captured=$(quiet grep -aE '^[PV]:' "$root/lib/apk/db/installed" | image_apk)
    section_captured packages:apk
  else
    captured='' status=127
    # shellcheck disable=SC2086 # words
    if copy_rpm_database; then capture rpm --dbpath "$rpm_database" -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' $image_names; fi
    section_captured packages:rpm
  fi
  version=''
  case $newline$captured in
    *"${newline}systemd "*)
      version=${newline}$captured
      version=${version#*"${newline}systemd "}
      version=${version%%[!0-9]*}
      ;;
  esac
  captured=''
  if [ -n "$version" ]; then captured="systemd $version"; fi
  status=0
  section_captured systemd
}

image_dpkg() {
  package='' state=''
  while IFS= read -r line; do
    case $line in
      'Package: '*) package=${line#Package: } state='' ;;
      'Status: '*) state=${line#Status: } ;;
      'Version: '*)
        case " $image_names " in *" $package "*) ;; *) continue ;; esac
        case $state in *' installed') printf '%s %s ii \n' "$package" "${line#Version: }" ;; esac
        ;;
    esac
  done
}

image_apk() {
  package=''
  while IFS= read -r line; do
    case $line in
      P:*) package=${line#P:} ;;
      V:*) case " $image_names " in *" $package "*) printf '%s-%s\n' "$package" "${line#V:}" ;; esac ;;
    esac
  done
}

# image_units: units as `systemctl show` would print them, by the unit files and links of the tree.
image_units() {
  asked=$time_units
  split_lines "$units"
  for unit in $lines; do asked="$asked $unit"; done
  captured=''
  for unit in $asked; do
    image_unit "$unit"
    captured=$captured$unit_block$newline
  done
  status=0
  section_captured services
  probe_unit_blocks
  probe_links /etc/systemd/system
}

image_unit() {
  name=$1 names=$1
  find_unit_file "$name"
  # another name of a unit is a link to that
  if [ -L "$root$fragment" ]; then
    alias=$(readlink "$root$fragment")
    case $alias in
      /dev/null) ;;
      *"/$name") fragment=$alias ;;
      *)
        name=${alias##*/} names="$name $1"
        find_unit_file "$name"
        ;;
    esac
  fi
  load=loaded file_state=static
  if [ -z "$fragment" ]; then
    load=not-found file_state=''
  elif [ "$(readlink "$root$fragment")" = /dev/null ] || [ ! -s "$root$fragment" ]; then
    load=masked file_state=masked fragment=''
  elif file_in_image "$root$fragment" && quiet grep -qs '^\[Install\]' "$root$fragment"; then
    file_state=disabled
    for link in "$root"/etc/systemd/system/*.wants/"$name" "$root"/etc/systemd/system/*.requires/"$name"; do
      if [ -L "$link" ] && in_image "$link"; then file_state=enabled; fi
    done
  fi
  drop_ins=''
  for folder in /usr/lib/systemd/system /etc/systemd/system; do
    for file in "$root$folder/$name.d"/*.conf; do if [ -f "$file" ]; then drop_ins="$drop_ins ${file#"$root"}"; fi; done
  done
  unit_block="Id=$name${newline}Names=$names${newline}LoadState=$load${newline}ActiveState=inactive${newline}SubState=dead
UnitFileState=$file_state${newline}FragmentPath=$fragment${newline}DropInPaths=${drop_ins# }${newline}MainPID=0$newline"
}

# find_unit_file NAME: sets fragment; an instance has the file of its template.
find_unit_file() {
  fragment=''
  template=$1
  case $1 in *@?*.*) template=${1%%@*}@.${1##*.} ;; esac
  for folder in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
    for file in "$folder/$1" "$folder/$template"; do
      if [ -z "$fragment" ] && { [ -e "$root$file" ] || [ -L "$root$file" ]; }; then fragment=$file; fi
    done
  done
}
