# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# The machine, what it runs on, and its distribution.

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

probe_release_files() {
  if [ -e "$root/etc/os-release" ]; then probe_file /etc/os-release; else probe_file /usr/lib/os-release; fi
  for name in redhat-release centos-release oracle-release enterprise-release debian_version SuSE-release \
    alpine-release system-release; do
    if [ -e "$root/etc/$name" ]; then probe_file "/etc/$name"; fi
  done
}
