#!/bin/sh
# Stand-in for modinfo: -F version MODULE, -n MODULE, or the lines for each module.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
field=''
status=0
while [ $# -gt 0 ]; do
  case $1 in
    -F)
      field=$2
      shift
      ;;
    -n) field=filename ;;
    -*) ;;
    *)
      if [ -d "$root/sys/module/$1" ]; then
        case $field in
          version) if [ -n "$lis_version" ]; then echo "$lis_version"; fi ;;
          filename) echo "/lib/modules/$kernel/kernel/drivers/hv/$1.ko" ;;
          *)
            echo "filename:       /lib/modules/$kernel/kernel/drivers/hv/$1.ko"
            if [ -n "$lis_version" ]; then echo "version:        $lis_version"; fi
            ;;
        esac
      else
        echo "modinfo: ERROR: Module $1 not found." >&2
        status=1
      fi
      ;;
  esac
  shift
done
exit $status
