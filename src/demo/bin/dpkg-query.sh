#!/bin/sh
# Stand-in for dpkg-query -W -f FORMAT NAME...
# shellcheck disable=SC2016,SC2034,SC2154 # ${...} is dpkg-query's own; from and for what is sourced
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
# shellcheck source=/dev/null
. "$home/bin/packages.sh"

format='${Package}\t${Version}\n'
while [ $# -gt 0 ]; do
  case $1 in
    -f | --showformat)
      format=$2
      shift
      ;;
    -f=* | --showformat=*) format=${1#*=} ;;
    -f?*) format=${1#-f} ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
fill() {
  put '${Package}' "$package"
  put '${binary:Package}' "$package"
  put '${Version}' "$version${release:+-$release}"
  put '${db:Status-Abbrev}' 'ii '
  put '${db:Status-Status}' installed
  put '${Status}' 'install ok installed'
  put '${Architecture}' amd64
}
missing() { printf 'dpkg-query: no packages found matching %s\n' "$1" >&2; }
query "$@"
