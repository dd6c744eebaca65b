#!/bin/sh
# Stand-in for dpkg-query -W -f FORMAT NAME...
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=src/demo/bin/host.sh
. "${0%/*}/host.sh"
# $home/packages: NAME VERSION RELEASE, one a line.
format='${Package}\t${Version}\n'
names=''
while [ $# -gt 0 ]; do
  case $1 in
    -f | --showformat)
      format=$2
      shift
      ;;
    -f=* | --showformat=*) format=${1#*=} ;;
    -f?*) format=${1#-f} ;;

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
      put '${Package}' "$package"
      put '${binary:Package}' "$package"
      put '${Version}' "$version${release:+-$release}"
      put '${db:Status-Abbrev}' 'ii '
      put '${db:Status-Status}' installed
      put '${Status}' 'install ok installed'
      put '${Architecture}' amd64
      # shellcheck disable=SC2059 # the caller's format holds \n and \t
      printf "$line"
    fi
  done <"$home/packages"
  if [ $found = no ]; then
    status=1
    printf 'dpkg-query: no packages found matching %s\n' "$name" >&2
  fi
done
exit $status
