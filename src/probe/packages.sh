# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# The packages of time daemons and drivers.

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
