#!/bin/sh
# Stand-in for getenforce.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=src/demo/bin/host.sh
. "${0%/*}/host.sh"
echo "$selinux"
