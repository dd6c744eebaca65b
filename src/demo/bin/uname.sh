#!/bin/sh
# Stand-in for uname.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
case ${1-} in
  -r) echo "$kernel" ;;
  -m) echo "$machine" ;;
  -n) echo "$hostname" ;;
  -rm) echo "$kernel $machine" ;;
  -s | '') echo Linux ;;
  -sr) echo "Linux $kernel" ;;
  -srm) echo "Linux $kernel $machine" ;;
  *) echo "Linux $hostname $kernel #1 SMP $machine GNU/Linux" ;;
esac
