#!/bin/sh
# Stand-in for rpm -q --qf FORMAT NAME...
# shellcheck disable=SC2016,SC2034,SC2154 # ${...} is dpkg-query's own; from and for what is sourced
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
# shellcheck source=/dev/null
. "$home/bin/packages.sh"

format='%{NAME}-%{VERSION}-%{RELEASE}.x86_64\n'
while [ $# -gt 0 ]; do
  case $1 in
    --qf | --queryformat)
      format=$2
      shift
      ;;
    --qf=* | --queryformat=*) format=${1#*=} ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
fill() {
  put '%{NAME}' "$package"
  put '%{VERSION}' "$version"
  put '%{RELEASE}' "$release"
  put '%{EVR}' "$version-$release"
  put '%{ARCH}' x86_64
}
missing() { printf 'package %s is not installed\n' "$1"; }
query "$@"
