# shellcheck shell=sh
# What dpkg-query and rpm share. $home/packages holds NAME VERSION RELEASE, one a line. Sourced after host.sh.
# shellcheck disable=SC2034,SC2154 # version, release: for fill of the two commands; home: host.sh; format: theirs

# put WHAT VALUE: fills in one field of $line.
put() {
  while :; do
    case $line in
      *"$1"*) line=${line%%"$1"*}$2${line#*"$1"} ;;
      *) break ;;
    esac
  done
}

# query NAME...: prints each package that is there by $format, and calls missing NAME for each that is not.
query() {
  status=0
  for name in "$@"; do
    found=no
    while read -r package version release; do
      if [ "$package" = "$name" ]; then
        found=yes line=$format
        fill
        # shellcheck disable=SC2059 # the caller's format holds \n and \t
        printf "$line"
      fi
    done <"$home/packages"
    if [ $found = no ]; then
      status=1
      missing "$name"
    fi
  done
  return $status
}
