#!/bin/sh
# Stand-in for getenforce.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
echo "$selinux"
