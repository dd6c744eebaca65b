#!/bin/sh
# Stand-in for sudo on a simulated host: -n and -S -p PROMPT, as sudo answers them. $home/host.conf says who may.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/../bin/host.sh"
prompt='' wait_for=no
while [ $# -gt 0 ]; do
  case $1 in
    -n) ;;
    -S) wait_for=yes ;;
    -p)
      prompt=$2
      shift
      ;;
    -u) shift ;;
    --)
      shift
      break
      ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
if [ "$sudo" = refuses ]; then
  if [ $wait_for = no ]; then refuse 'sudo: a password is required'; fi
  printf '%s' "$prompt" >&2
  IFS= read -r _ || refuse 'sudo: no password was provided'
  refuse 'ops is not in the sudoers file.  This incident will be reported.'
fi
TSYNC_DEMO_UID=0
PATH=$home/tools:$PATH
export TSYNC_DEMO_UID PATH
exec "$@"
