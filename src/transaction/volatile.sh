# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Would a boot keep the changes and what takes them back alike?

# lasts_alike: does what takes the changes back last as long as they do? Where a boot empties one of the two, it leaves the other
# alone: changes that nobody takes back, or a guard for changes that are gone. Sets failure where not.
lasts_alike() {
  if [ -n "$image" ]; then return 0; fi
  failure=''
  ours_is_volatile=$(is_volatile "$base")
  same_as_ours "$root/etc" && forward lasting
}

same_as_ours() {
  case $ours_is_volatile:$(is_volatile "$1") in
    yes:no) failure="a boot empties ${base#"$root"}, and keeps ${1#"$root"}" ;;
    no:yes) failure="a boot empties ${1#"$root"}, and keeps ${base#"$root"}" ;;
    *) return 0 ;;
  esac
  return 1
}

lasting_action() { :; }

# is_volatile PATH: prints yes when it lies, or would lie, in memory, with every link followed: in a tmpfs, a ramfs, or an
# overlay that keeps its changes in one (where that folder can be seen from here: a container does not see its own).
is_volatile() {
  place=$1
  if [ -L "$place" ]; then place=$(readlink -f "$place"); fi
  while [ ! -e "${place:-/}" ]; do place=${place%/*}; done
  place=${place:-/}
  case $(stat -f -c %t "$place") in
    *1021994 | *858458f6) echo yes ;;
    *794c7630)
      upper=$(upper_of "$place")
      case $(stat -f -c %t "${upper:-/proc/no}") in
        *1021994 | *858458f6) echo yes ;;
        *) echo no ;;
      esac
      ;;
    *) echo no ;;
  esac
} 2>/dev/null

# upper_of PATH: prints where the overlay keeps its changes that PATH lies in: of the mount whose place is the longest beginning.
upper_of() {
  if [ -d "$1" ]; then upper_folder=$1; else upper_folder=${1%/*}/; fi
  upper_folder=$(cd "$upper_folder" && pwd -P)
  longest='' found_upper=''
  # shellcheck disable=SC2034 # fields before the one that is asked for
  while read -r mount_id mount_parent mount_device mount_root mount_place rest; do
    case $upper_folder/ in "${mount_place%/}"/*) ;; *) continue ;; esac
    [ "${#mount_place}" -ge "${#longest}" ] || continue
    longest=$mount_place found_upper=''
    case $rest in *upperdir=*) found_upper=${rest#*upperdir=} ;; esac
  done </proc/self/mountinfo
  printf %s "${found_upper%%,*}"
}
