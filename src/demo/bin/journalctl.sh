#!/bin/sh
# Stand-in for journalctl: the kernel log with -k, else what the services said.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
kernel_only=no lines=1000
while [ $# -gt 0 ]; do
  case $1 in
    -k | --dmesg | -kb | -bk) kernel_only=yes ;;
    -n)
      lines=$2
      shift
      ;;
    -n*) lines=${1#-n} ;;
    --lines=*) lines=${1#*=} ;;
  esac
  shift
done
if ! privileged; then
  echo '-- No entries --'
elif [ $kernel_only = yes ]; then
  sed "s/^\\[[^]]*\\]/Nov 22 06:00:00 $hostname kernel:/" "$home/dmesg" | tail -n "$lines"
else
  tail -n "$lines" "$state/journal"
fi
