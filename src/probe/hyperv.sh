# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# The VMBus of Hyper-V and its drivers.

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
