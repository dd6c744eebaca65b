# shellcheck shell=sh
# What takes a transaction back at the next boot, before a time daemon starts: a unit of systemd, a script of OpenRC or one of
# sysv init. Part of apply and settle programs. It restores files and links only, and removes itself.
# shellcheck disable=SC2154 # the files of a program share their variables

# install_boot_hook: nothing where the host has no place for one; the plan of such a host says so, and was approved with that.
install_boot_hook() {
  hook=tsync-boot-$transaction
  # an image that boots with an open transaction is the operator's own doing: nothing of ours may lie in it for that
  if [ -n "$image" ]; then return 0; fi
  mark_boot || return 1
  if on_systemd; then
    install_boot_unit
  elif on_openrc; then
    openrc_level || return 0
    rooted_folder "/etc/runlevels/$level" || return 1
    openrc_script | put_script && ln -s "/etc/init.d/$hook" "$root/etc/runlevels/$level/$hook"
  elif [ -d "$root/etc/rcS.d" ]; then
    rooted_folder /etc/rcS.d || return 1
    sysv_script | put_script && ln -s "../init.d/$hook" "$root/etc/rcS.d/S99$hook" && join_startpar
  elif [ -d "$root/etc/rc.d/rc3.d" ]; then
    sysv_script | put_script || return 1
    for level in 2 3 4 5; do rooted_folder "/etc/rc.d/rc$level.d" && ln -s "../init.d/$hook" "$root/etc/rc.d/rc$level.d/S02$hook" || return 1; done
  fi
} 2>/dev/null

on_openrc() { [ -d "$root/run/openrc" ]; }

# The mark of this boot: what runs at a boot may be started again in it (whatever sysinit.target wants by the start of any
# service, a script of OpenRC by any change of runlevel). The boot's own id, and when systemd began with the user space: a soft
# reboot keeps /run and the id, and ends every timer.
mark_boot() {
  folders "$root/run/tsync" && only_root /run/tsync && [ "$writers" = root ] && user_space_began &&
    cat /proc/sys/kernel/random/boot_id >"$root/run/tsync/$transaction" &&
    printf '%s\n' "$began_at" >>"$root/run/tsync/$transaction"
}
is_marked_boot() {
  marked='' marked_at=''
  {
    read -r marked
    read -r marked_at
  } 2>/dev/null <"$root/run/tsync/$transaction"
  read -r booted </proc/sys/kernel/random/boot_id && [ "$marked" = "$booted" ] || return 1
  user_space_began
  # a systemd that does not answer is no new boot
  [ -z "$marked_at" ] || [ -z "$began_at" ] || [ "$marked_at" = "$began_at" ]
}
user_space_began() {
  began_at=''
  if on_systemd; then began_at=$(x systemctl show -p UserspaceTimestampMonotonic 2>/dev/null); fi
  began_at=${began_at#*=}
}

# install_boot_unit: a unit that sysinit.target wants.
install_boot_unit() {
  folders "$root/etc/systemd/system/sysinit.target.wants" && rooted_folder /etc/systemd/system/sysinit.target.wants &&
    rooted_folder /etc/systemd/system || return 1
  set -C
  printf '%s\n' '[Unit]' "Description=tsync takes back the unconfirmed transaction $transaction" \
    'DefaultDependencies=no' 'RequiresMountsFor=/var/lib/tsync /etc' 'Conflicts=shutdown.target' \
    'After=local-fs.target systemd-remount-fs.service' \
    'Before=sysinit.target time-sync.target shutdown.target' \
    'Before=chrony.service chronyd.service systemd-timesyncd.service ntp.service ntpd.service ntpsec.service openntpd.service' \
    '[Service]' 'Type=oneshot' 'TimeoutStartSec=600' \
    "ExecStart=/bin/sh \"$tx/program.sh\" undo boot \"root=$root\" \"bin=$bin\"" \
    >"$root/etc/systemd/system/$hook.service" || hook=''
  set +C
  [ -n "$hook" ] || return 1
  chmod 644 "$root/etc/systemd/system/$hook.service" &&
    ln -s "../$hook.service" "$root/etc/systemd/system/sysinit.target.wants/$hook.service"
}

# put_script: what it reads becomes the script of the hook.
put_script() {
  rooted_folder /etc/init.d && (set -C && cat >"$root/etc/init.d/$hook") && chmod 755 "$root/etc/init.d/$hook"
}

# openrc_script: beside the file systems, and so before the runlevel whose links it restores is looked at.
openrc_script() {
  printf '%s\n' '#!/sbin/openrc-run' "description=\"tsync takes back the unconfirmed transaction $transaction\"" \
    'depend() {' \
    '  after root fsck localmount checkroot.sh mountall.sh mountall-bootclean.sh bootmisc bootmisc.sh' \
    '  before chrony chronyd ntp ntpd ntpsec openntpd ntp-client' \
    '}' \
    "start() { /bin/sh \"$tx/program.sh\" undo boot \"root=$root\" \"bin=$bin\"; }"
}

# openrc_level: sets level: the runlevel that mounts the file systems is boot; Debian leaves that empty and does it in sysinit.
openrc_level() {
  for level in boot sysinit; do
    for entry in "$root/etc/runlevels/$level"/*; do if [ -L "$entry" ]; then return 0; fi; done
  done
  return 1
}

# sysv_script: in rcS.d after all that mounts, and before any other runlevel begins; in rc.d of RHEL before the daemons' numbers.
sysv_script() {
  # shellcheck disable=SC2016 # $local_fs is of the header
  printf '%s\n' '#!/bin/sh' '# chkconfig: 2345 02 98' \
    '### BEGIN INIT INFO' "# Provides:          $hook" '# Required-Start:    $local_fs' '# Required-Stop:' \
    '# Default-Start:     S' '# Default-Stop:' \
    "# Short-Description: tsync takes back the unconfirmed transaction $transaction" '### END INIT INFO' \
    "case \${1:-} in start) exec /bin/sh \"$tx/program.sh\" undo boot \"root=$root\" \"bin=$bin\" ;; esac"
}

# join_startpar: Debian's startpar runs only what stands in this list (tried), after what the list says. When insserv makes
# it anew meanwhile, the script is in it by its header.
join_startpar() {
  depend=$root/etc/init.d/.depend.boot
  [ -s "$depend" ] || return 0
  targets=$(sed -n 's/^TARGETS = //p' "$depend")
  cp -p "$depend" "$depend.tsync~" &&
    { sed "s/^TARGETS = .*/& $hook/" "$depend" && printf '%s: %s\n' "$hook" "$targets"; } >"$depend.tsync~" &&
    mv -f "$depend.tsync~" "$depend"
}

leave_startpar() {
  depend=$root/etc/init.d/.depend.boot
  rm -f "$depend.tsync~"
  grep -q -F "$hook" "$depend" || return 0
  pattern=$(printf %s "$hook" | sed 's/[.]/\\./g')
  cp -p "$depend" "$depend.tsync~" &&
    sed -e "/^TARGETS = /s/ $pattern / /" -e "/^TARGETS = /s/ $pattern\$//" -e "/^$pattern:/d" "$depend" >"$depend.tsync~" &&
    mv -f "$depend.tsync~" "$depend"
}

# remove_boot_hook: systemd forgets its unit before the mark goes, or the next start of a service would run it. A script goes
# last of its pieces, so that whoever is killed here is followed by one who finds it.
remove_boot_hook() {
  if [ -n "$image" ]; then return 0; fi
  hook=tsync-boot-$transaction
  boot_unit=$root/etc/systemd/system/$hook.service
  if [ -f "$boot_unit" ]; then
    rm -f "$root/etc/systemd/system/sysinit.target.wants/$hook.service" "$boot_unit"
    within 60 systemctl daemon-reload >/dev/null 2>&1
  fi
  if [ -f "$root/etc/init.d/$hook" ]; then
    rm -f "$root"/etc/runlevels/*/"$hook" "$root"/etc/rcS.d/S[0-9][0-9]"$hook" "$root"/etc/rc.d/rc[2345].d/S[0-9][0-9]"$hook"
    leave_startpar
    rm -f "$root/etc/init.d/$hook"
  fi
  rm -f "$root/run/tsync/$transaction"
} 2>/dev/null
