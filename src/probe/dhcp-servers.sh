# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Servers that came by DHCP.

# Servers that came by DHCP, wherever its clients put them for a daemon: `PATH:LINE`.
probe_dhcp_servers() {
  begin dhcp-servers
  if [ -d "$root/" ]; then say looked; fi
  found=$(
    cd "$root/" || exit 0
    regular ./run/chrony-dhcp/*.sources ./run/ntp.conf.dhcp ./run/ntpsec/ntp.conf.dhcp ./var/lib/ntp/ntp.conf.dhcp \
      ./etc/ntp.conf.dhcp
    mentioned '^(server|pool|peer)[[:space:]]'
    regular ./var/lib/dhclient/chrony.servers.*
    mentioned '^[0-9A-Za-z]'
    regular ./run/systemd/netif/leases/*
    mentioned '^NTP='
    regular ./var/lib/dhcp/*.leases ./var/lib/dhclient/*.leases
    mentioned '^[[:space:]]*option ntp-servers '
  )
  if [ -n "$found" ]; then say "$found"; fi
  finish
}
