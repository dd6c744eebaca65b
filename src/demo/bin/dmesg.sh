#!/bin/sh
# Stand-in for dmesg: the kernel log of this host; distributions differ in who may read it.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
if [ "$log_needs_root" = yes ] && ! privileged; then refuse 'dmesg: read kernel buffer failed: Operation not permitted'; fi
cat "$home/dmesg"
