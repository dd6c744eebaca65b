#!/bin/bash
# hosts.sh: real Debian hosts for tests, each a booted container with its own sshd, address and file system.
#   hosts.sh image [INIT]   build a base image once (about a minute; needs root, mmdebstrap, systemd-container, iproute2)
#   hosts.sh up N           start N hosts, $LAB_NET.11 and up; prints an inventory on standard output
#   hosts.sh up INIT...     the same with a host for each INIT: systemd, sysv or openrc; or ntpsec-chrony or timesyncd-chrony:
#                           systemd with that time daemon, and chrony beside it, disabled
#   hosts.sh boot N         end host N as a loss of power does, and boot it again from what is on its disk
#   hosts.sh init N         print the process id that host N's init has on this machine
#   hosts.sh down           stop them all and remove what they changed
# Every host starts from the image of its init; what a host changes lives in its own overlay and goes with `down`.
# Two labs at once need a LAB_NAME (at most 8 letters) and a LAB_NET each. They share the images in LAB_DIR, which nobody changes.
# A host may not set the machine's clock: it runs without CAP_SYS_TIME, so chronyd there runs with -x.
set -euo pipefail
lab=${LAB_DIR:-/var/tmp/tsync-lab}
key=$lab/id_ed25519
net=${LAB_NET:-10.77.0}
name_of() { echo "${LAB_NAME:-lab}$1"; }
bridge=br-${LAB_NAME:-lab}

base_of() {
  case $1 in
    systemd) echo "$lab/image" ;;
    *-chrony) echo "$lab/layers/$1/upper:$lab/image" ;;
    *) echo "$lab/image-$1" ;;
  esac
}

image() {
  local init=$1 base packages
  base=$(base_of "$init")
  case $init in
    ntpsec-chrony) image systemd && layer "$init" ntpsec; return ;;
    timesyncd-chrony) image systemd && layer "$init" systemd-timesyncd; return ;;
    systemd) packages=systemd,systemd-sysv,dbus,libpam-systemd,chrony ;;
    timesyncd) packages=systemd,systemd-sysv,dbus,libpam-systemd,systemd-timesyncd ;;
    sysv) packages=sysvinit-core,sysv-rc,initscripts,chrony ;;
    openrc) packages=sysvinit-core,openrc,initscripts,chrony ;;
    *) echo "no init: $init" >&2; exit 64 ;;
  esac
  mkdir -p "$lab"
  [[ -f $key ]] || ssh-keygen -q -t ed25519 -N '' -f "$key"
  [[ -e $base/home/ops/.ssh/authorized_keys ]] && return
  rm -rf "$base"
  mmdebstrap --variant=minbase --include="$packages,openssh-server,kmod,iproute2,sudo,procps,util-linux" bookworm "$base" >&2
  install -d -m 700 "$base/root/.ssh"
  install -m 600 "$key.pub" "$base/root/.ssh/authorized_keys"
  # an ordinary user who may use sudo with a password ("lab"), as most fleets have
  chroot "$base" useradd -m -s /bin/bash -G sudo ops
  echo 'ops:lab' | chroot "$base" chpasswd
  install -d -m 700 -o 1000 -g 1000 "$base/home/ops/.ssh"
  install -m 600 -o 1000 -g 1000 "$key.pub" "$base/home/ops/.ssh/authorized_keys"
  if [[ $init = sysv || $init = openrc ]]; then
    echo 'DAEMON_OPTS="-F 1 -x"' >"$base/etc/default/chrony"
    return
  fi
  chroot "$base" systemctl enable ssh >/dev/null 2>&1
  if [[ $init = timesyncd ]]; then
    with_repository "$base"
    adapt_timesyncd "$base"
  else
    chroot "$base" systemctl enable chrony >/dev/null 2>&1
  fi
  install -d "$base/etc/systemd/system/chrony.service.d"
  printf '[Unit]\nConditionCapability=\n[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd -F 1 -x\n' \
    >"$base/etc/systemd/system/chrony.service.d/lab.conf"
}

# image_once INIT: the same where another lab may want that image at this moment.
image_once() {
  mkdir -p "$lab"
  (flock 9; image "$1") 9>"$lab/image.lock"
}

# layer NAME PACKAGE: what makes of the image of systemd a host that starts with another daemon, with chrony beside it,
# disabled. On Debian these packages conflict, so it is forced; Ubuntu up to 20.04 and the RHEL family really have both.
layer() {
  local folder=$lab/layers/$1 root=$lab/layers/$1/root base=$lab/image
  [[ -f $folder/made ]] && return
  rm -rf "$folder"
  mkdir -p "$folder"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$folder/upper,workdir=$folder/work" "$root"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  DEBIAN_FRONTEND=noninteractive chroot "$root" sh -euc "
    apt-get update -qq
    cd /root && apt-get download -qq chrony
    apt-get install -y -qq --no-install-recommends $2
    dpkg -i --force-conflicts --force-depends ./chrony_*.deb && rm ./chrony_*.deb
    systemctl disable chrony" >&2
  rm -f "$root/usr/sbin/policy-rc.d"
  "adapt_${1%-chrony}" "$root"
  umount -l "$root"
  touch "$folder/made"
}

# A host may not set the machine's clock. ntpd gives up where it may not; here the kernel tells it that all is well.
adapt_ntpsec() {
  install -d "$1/etc/systemd/system/ntpsec.service.d"
  printf '[Unit]\nConditionCapability=\n[Service]\nType=simple\nExecStart=\nExecStart=/usr/sbin/ntpd -n -g -c /etc/ntpsec/ntp.conf\nPrivateTmp=no\n%s\n' \
    "$no_clock" >"$1/etc/systemd/system/ntpsec.service.d/lab.conf"
}

adapt_timesyncd() {
  install -d "$1/etc/systemd/system/systemd-timesyncd.service.d"
  printf '[Unit]\nConditionVirtualization=\nConditionCapability=\n[Service]\nAmbientCapabilities=\nCapabilityBoundingSet=\n%s\n' \
    "$no_clock" >"$1/etc/systemd/system/systemd-timesyncd.service.d/lab.conf"
}

# The calls that would set a clock do nothing and succeed (systemd.exec(5): an error number of 0 behind the name).
no_clock='SystemCallFilter=~adjtimex:0 clock_adjtime:0 settimeofday:0 clock_settime:0'

# with_repository BASE: a host has no way to the internet; its apt reads a folder with chrony, what that needs, and the daemon that
# goes for it. The lists are missing, as on a fresh cloud image.
with_repository() {
  local folder=$1/srv/packages deb
  install -d "$folder/partial"
  chroot "$1" sh -c 'apt-get update -qq && apt-get -y -qq --no-install-recommends --download-only -o Dir::Cache::archives=/srv/packages install chrony &&
    cd /srv/packages && apt-get download -qq systemd-timesyncd' >&2
  rm -rf "$folder"/partial "$folder"/lock "$1"/var/lib/apt/lists/*
  for deb in "$folder"/*.deb; do
    dpkg-deb -f "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -d' ' -f1)"
  done >"$folder/Packages"
  echo 'deb [trusted=yes] file:/srv/packages ./' >"$1/etc/apt/sources.list"
  rm -f "$1"/etc/apt/sources.list.d/*
}

up() {
  local inits=("$@") i
  [[ $1 = [0-9]* ]] && { inits=(); for ((i = 0; i < $1; i++)); do inits+=(systemd); done; }
  # every systemd takes a dozen, of the 128 that one kernel gives root for all containers
  [[ $(</proc/sys/fs/inotify/max_user_instances) -ge 2048 ]] || echo 2048 >/proc/sys/fs/inotify/max_user_instances || true
  ip link show "$bridge" >/dev/null 2>&1 || { ip link add "$bridge" type bridge; ip addr add "$net.1/24" dev "$bridge"; ip link set "$bridge" up; }
  for i in "${!inits[@]}"; do
    image_once "${inits[i]}"
    start "$((i + 1))" "$(base_of "${inits[i]}")"
  done
  for i in "${!inits[@]}"; do await "$((i + 1))"; done
  echo "all:"
  echo "  vars: {ansible_user: root, ansible_ssh_private_key_file: $key}"
  echo "  hosts:"
  for i in "${!inits[@]}"; do echo "    $(name_of "$((i + 1))"): {ansible_host: $net.$((11 + i))}"; done
}

# start I BASE: host I, unless it runs.
start() {
  local i=$1 base=$2 name dir
  name=$(name_of "$i")
  dir=$lab/hosts/$name
  runs "$dir" && return
  mkdir -p "$dir"/{upper,work,root}
  ip netns add "$name" 2>/dev/null || true
  if ! ip link show "v-$name" >/dev/null 2>&1; then
    ip link add "v-$name" type veth peer name host0 netns "$name"
    ip link set "v-$name" master "$bridge" up
  fi
  ip -n "$name" addr replace "$net.$((10 + i))/24" dev host0
  ip -n "$name" link set host0 up
  ip -n "$name" link set lo up
  mountpoint -q "$dir/root" || mount -t overlay overlay -o "lowerdir=$base,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
  echo "$name" >"$dir/root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >"$dir/root/etc/hosts"
  # nspawn wants a terminal: script(1) gives it one
  in_own_cgroup "$name" setsid script -qfc "exec systemd-nspawn --quiet --register=no --keep-unit --drop-capability=CAP_SYS_TIME -M $name -D $dir/root --network-namespace-path=/run/netns/$name -b" "$dir/console.log" >/dev/null 2>&1 </dev/null &
  echo $! >"$dir/pid"
}

# in_own_cgroup NAME COMMAND...: becomes COMMAND, in a cgroup of that name. Without that the systemds of all hosts would keep their
# services in the same cgroups, and end those of one another.
in_own_cgroup() {
  local hierarchy
  for hierarchy in "${hierarchies[@]}"; do
    mkdir -p "$hierarchy/$1"
    echo "$BASHPID" >"$hierarchy/$1/cgroup.procs"
  done
  shift
  exec "$@"
}

# forget_cgroup NAME: what systemd left there; it is empty once its host has ended.
forget_cgroup() {
  local hierarchy
  for hierarchy in "${hierarchies[@]}"; do
    [[ ! -d $hierarchy/$1 ]] || find "$hierarchy/$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

# Where cgroups are that systemd uses: version 2 alone, or beside version 1, whose tree of that name is systemd's.
hierarchies=()
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [[ ! -w $hierarchy/cgroup.procs ]] || hierarchies+=("$hierarchy")
done

# await I: until its sshd listens.
await() {
  for _ in $(seq 1 100); do timeout 1 bash -c "exec 3<>/dev/tcp/$net.$((10 + $1))/22" 2>/dev/null && break; sleep 0.3; done
}

# runs DIR: whether the process is there that runs this host, and not another one that has got its number since.
runs() {
  [[ -f $1/pid ]] && grep -qsF -e "-M $(basename "$1") " "/proc/$(<"$1/pid")/cmdline"
}

# finish DIR: ends the host that runs from there, and waits until it is gone: with its init all ends that runs inside, and only
# then its network is free.
finish() {
  local pids pid
  runs "$1" || return 0
  pids=$(init_of "$1" || true)
  pids+=" $(<"$1/pid")"
  for pid in $pids; do kill -9 "$pid" 2>/dev/null || true; done
  for pid in $pids; do
    for _ in $(seq 1 100); do [[ -e /proc/$pid ]] || break; sleep 0.1; done
  done
}

# init_of DIR: the process that is number 1 of a host, by its number on this machine (proc(5): NSpid). Fails where none is: what is
# meant for a host must never run on this machine itself.
init_of() {
  local pids=() pid
  runs "$1" && mapfile -t pids <"$1/pid"
  while ((${#pids[@]})); do
    pid=${pids[0]}
    pids=("${pids[@]:1}")
    if grep -qs -E '^NSpid:.*[[:space:]]1$' "/proc/$pid/status"; then echo "$pid"; return; fi
    mapfile -t -O "${#pids[@]}" pids < <(pgrep -P "$pid")
  done
  return 1
}

boot() {
  local dir
  dir=$lab/hosts/$(name_of "$1")
  finish "$dir"
  start "$1" none
  await "$1"
}

down() {
  local dir name
  for dir in "$lab/hosts/${LAB_NAME:-lab}"[0-9]*/; do
    [[ -f $dir/pid ]] || continue
    name=$(basename "$dir")
    finish "$dir"
    umount -l "$dir/root" 2>/dev/null || true
    ip link del "v-$name" 2>/dev/null || true
    ip netns del "$name" 2>/dev/null || true
    rm -rf "$dir"
    forget_cgroup "$name"
  done
  ip link del "$bridge" 2>/dev/null || true
}

case ${1:-} in
  image) image_once "${2:-systemd}" ;;
  up) shift; up "${@:-2}" ;;
  boot) boot "$2" ;;
  init) init_of "$lab/hosts/$(name_of "$2")" ;;
  down) down ;;
  *) sed -n '2,13s/^# \?//p' "$0"; exit 64 ;;
esac
