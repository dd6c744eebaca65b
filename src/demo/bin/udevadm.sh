#!/bin/sh
# Stand-in for udevadm: trigger makes the links that the rules of this host ask for, and removes those that none asks for any more.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
case ${1-} in
  control | settle | info) exit 0 ;;
  trigger) ;;
  *) exit 1 ;;
esac
privileged || refuse 'Failed to scan devices: Permission denied'
for clock in "$root"/sys/class/ptp/*; do
  if ! grep -qsx hyperv "$clock/clock_name"; then continue; fi
  if grep -qs 'ptp_hyperv' "$root"/etc/udev/rules.d/*.rules "$root"/usr/lib/udev/rules.d/*.rules; then
    ln -sf "${clock##*/}" "$root/dev/ptp_hyperv"
  else
    rm -f "$root/dev/ptp_hyperv"
  fi
done
