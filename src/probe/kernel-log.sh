# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# What the kernel said of clocks.

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
    print_batched
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
