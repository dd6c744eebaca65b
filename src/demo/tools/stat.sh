#!/bin/sh
# Stand-in for stat on a simulated host: whoever runs the demo, its files belong to root, as they would on a real one.
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/../bin/host.sh"
for argument in "$@"; do
  shift
  case $argument in
    *%*)
      for field in %U=root %G=root %u=0 %g=0; do
        while :; do
          case $argument in
            *"${field%%=*}"*) argument=${argument%%"${field%%=*}"*}${field#*=}${argument#*"${field%%=*}"} ;;
            *) break ;;
          esac
        done
      done
      ;;
  esac
  set -- "$@" "$argument"
done
exec stat "$@"
