# shellcheck shell=sh
# What every stand-in of a simulated host shares; the commands beside it source this. Nothing here runs on a real host.
#   $home        the host's own folder, with bin/ (these commands), host.conf (what it is), and
#   $root        what the host sees as /
#   $state       what a real machine keeps in memory: running units, loaded configuration, the clock
# shellcheck disable=SC2034 # the commands that source this use them
set -u
# The machine's own tools, never the stand-ins: the stand-in for date calls date.
PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
home=${0%/*}
home=${home%/*}
root=$home/root
state=$home/state
case $home in
  /*/hosts/?*) ;;
  *)
    printf 'tsync demo: %s is no simulated host\n' "$home" >&2
    exit 70
    ;;
esac
newline='
'
# host.conf is written by host-folder.ts.
hostname='' kernel='' machine='' systemd='' unit_folder='' chrony_version='' chrony_config='' options_variable=''
dead_servers='' log_needs_root='' selinux='' lis_version='' sudo=''
# shellcheck source=/dev/null
. "$home/host.conf"

privileged() { [ "${TSYNC_DEMO_UID:-1000}" = 0 ]; }

# refuse MESSAGE [STATUS]: the error text of the real command.
refuse() {
  printf '%s\n' "$1" >&2
  exit "${2:-1}"
}

# now: seconds of the machine that plays all hosts; a fresh host is started as if TSYNC_DEMO_AGO seconds ago.
now() { echo $(($(date +%s) - ${TSYNC_DEMO_AGO:-0})); }

# log TAG MESSAGE: a line for journalctl.
log() { printf '%s %s %s\n' "$(date '+%b %d %H:%M:%S')" "$hostname" "$1: $2" >>"$state/journal"; }

# skew_at NOW: sets $skew, by how many microseconds this host's clock is ahead. state/clock holds when it changes, before, after.
skew_at() {
  skew=0
  if read -r changes_at before after <"$state/clock"; then
    if [ "$1" -ge "$changes_at" ]; then skew=$after; else skew=$before; fi
  fi 2>/dev/null
}

# set_clock AT MICROSECONDS: from then on the clock is ahead by that much.
set_clock() {
  skew_at "$(now)"
  printf '%s %s %s\n' "$1" "$skew" "$2" >"$state/clock"
}

# new_process UNIT COMM ARGUMENTS...: a line in the table of running units, and a process below /proc.
new_process() {
  read -r pid <"$state/last-pid"
  pid=$((pid + 7))
  printf '%s\n' "$pid" >"$state/last-pid"
  printf '%s\n' "$pid" >"$state/active/$1"
  mkdir -p "$root/proc/$pid"
  printf '%s\n' "$2" >"$root/proc/$pid/comm"
  printf '0::/system.slice/%s\n' "$1" >"$root/proc/$pid/cgroup"
  printf 'Name:\t%s\nState:\tS (sleeping)\nPPid:\t1\nUid:\t0\t0\t0\t0\nNSpid:\t%s\n' "$2" "$pid" >"$root/proc/$pid/status"
  shift 2
  printf '%s\0' "$@" >"$root/proc/$pid/cmdline"
  # its program, empty here: what runs is this stand-in
  mkdir -p "$root${1%/*}"
  [ -e "$root$1" ] || : >"$root$1"
  ln -s "$1" "$root/proc/$pid/exe"
}

# end_process UNIT
end_process() {
  read -r pid <"$state/active/$1" 2>/dev/null || return 0
  rm -rf "$state/active/$1" "${root:?}/proc/$pid"
}
