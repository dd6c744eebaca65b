# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# What the daemons have in common, and those without a file of their own here.

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
