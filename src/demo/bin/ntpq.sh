#!/bin/sh
# Stand-in for ntpq -pn and -c rv.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
[ -e "$state/active/ntpd.service" ] || refuse 'ntpq: read: Connection refused'
case "$*" in
  *rv* | *'readvar'*) cat "$home/ntpq-rv" ;;
  *) cat "$home/ntpq-pn" ;;
esac
