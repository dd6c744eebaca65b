#!/bin/sh
# Stand-in for rpm -q --qf FORMAT NAME...
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=src/demo/bin/host.sh
. "${0%/*}/host.sh"
# $home/packages: NAME VERSION RELEASE, one a line.
format='%{NAME}-%{VERSION}-%{RELEASE}.x86_64\n'
names=''
while [ $# -gt 0 ]; do
  case $1 in
    --qf | --queryformat)
      format=$2
      shift
      ;;
    --qf=* | --queryformat=*) format=${1#*=} ;;

    -*) ;;
    *) names="$names $1" ;;
  esac
  shift
done
# put WHAT VALUE: fills in one field of $line.
put() {
  while :; do
    case $line in
      *"$1"*) line=${line%%"$1"*}$2${line#*"$1"} ;;
      *) break ;;
    esac
  done
}
status=0
for name in $names; do
  found=no
  while read -r package version release; do
    if [ "$package" = "$name" ]; then
      found=yes line=$format
      put '%{NAME}' "$package"
      put '%{VERSION}' "$version"
      put '%{RELEASE}' "$release"
      put '%{ARCH}' x86_64
      put '%{EVR}' "$version-$release"
      put '%{EPOCHNUM}' 0
      # shellcheck disable=SC2059 # the caller's format holds \n and \t
      printf "$line"
    fi
  done <"$home/packages"
  if [ $found = no ]; then
    status=1
    printf 'package %s is not installed\n' "$name"
  fi
done
exit $status
