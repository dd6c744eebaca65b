# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# What stands around the daemons: udev rules, module options, jobs that set a clock.

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
