#!/bin/sh
# Stand-in for id: root behind sudo, else the user who logged in.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
if privileged; then number=0 user=root; else number=1000 user=ops; fi
case ${1-} in
  -u) echo $number ;;
  -un | -gn) echo $user ;;
  -g) echo $number ;;
  *) echo "uid=$number($user) gid=$number($user) groups=$number($user)" ;;
esac
