#!/bin/sh
# Stand-in for logger: into the journal of this host.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
tag=tsync
while [ $# -gt 0 ]; do
  case $1 in
    -t)
      tag=$2
      shift
      ;;
    --) ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
log "$tag" "$*"
