#!/bin/sh
# Stand-in for modprobe: the modules of these hosts are loaded already, or not there.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
for name in "$@"; do :; done
[ -d "$root/sys/module/$name" ] || refuse "modprobe: FATAL: Module $name not found in directory /lib/modules/$kernel"
