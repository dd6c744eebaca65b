#!/bin/sh
# Stand-in for timedatectl. As on real hosts, asking for the state of timesyncd starts it, and that stops chrony: a probe must not.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
active=no
if [ -e "$state/active/systemd-timesyncd.service" ]; then active=yes; fi
case ${1-} in
  timesync-status | show-timesync)
    if [ $active = no ]; then
      TSYNC_DEMO_UID=0 "$home/bin/systemctl" start systemd-timesyncd.service || exit 1
    fi
    server=$(sed -n 's/^#*\(Fallback\)*NTP=\([^ ]*\).*/\2/p' "$root/etc/systemd/timesyncd.conf" | grep . | head -n 1)
    sed "s/^ServerName=.*/ServerName=${server:-ntp.ubuntu.com}/" "$home/timesync"
    ;;
  *)
    synchronised=no
    if ls "$state"/active/*ntp*.service "$state"/active/chrony*.service "$state"/active/systemd-timesyncd.service >/dev/null 2>&1; then synchronised=yes; fi
    if [ "${1-}" = show ]; then
      printf 'Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=%s\nNTPSynchronized=%s\n' "$active" "$synchronised"
    else
      printf '               Local time: %s\nSystem clock synchronized: %s\n              NTP service: %s\n          RTC in local TZ: no\n' \
        "$(date)" "$synchronised" "$(if [ $active = yes ]; then echo active; else echo inactive; fi)"
    fi
    ;;
esac
