# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Services where another init runs.

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
