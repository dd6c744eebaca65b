#!/bin/bash
# vm.sh: one real Debian 13 machine under emulation, with a PTP clock named "hyperv" as an Azure guest has.
#   vm.sh image          build kernel module and disk once (about three minutes; needs root)
#   vm.sh up [N]         start N machines (default 1) at 127.0.0.1:2401 and up (LAB_PORT + 1), ready in about 40 s each; prints an inventory
#   vm.sh monitor I CMD  send CMD to machine I's monitor, for example: vm monitor 1 system_reset
#   vm.sh down           stop them; what they changed is gone
# VM_PLATFORM=azure (default) gives the machine the identity of an Azure guest, VM_PLATFORM=none leaves QEMU's own.
# Debian packages needed: mmdebstrap qemu-system-x86 ipxe-qemu seabios e2fsprogs openssh-client socat
# hv_utils.c stands in for Hyper-V's driver: same clock name, same module name and parameter, same log lines.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lab=${LAB_DIR:-/var/tmp/tsync-vm}
root=$lab/root
key=$lab/id_ed25519
port=${LAB_PORT:-2400}

image() {
  [[ -f $lab/disk.img ]] && return
  mkdir -p "$lab"
  [[ -f $key ]] || ssh-keygen -q -t ed25519 -N '' -f "$key"
  mmdebstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,chrony,kmod,udev,iproute2,sudo,procps,linux-image-amd64,linux-headers-amd64,gcc,make \
    trixie "$root" >&2
  local version
  version=$(basename "$root"/lib/modules/*)
  mkdir -p "$root/usr/src/hv" && cp "$here/hv_utils.c" "$root/usr/src/hv/"
  echo 'obj-m += hv_utils.o' >"$root/usr/src/hv/Makefile"
  mount --bind /proc "$root/proc"
  chroot "$root" make -C "/lib/modules/$version/build" M=/usr/src/hv modules >&2
  rm -f "$root/lib/modules/$version/kernel/drivers/hv/hv_utils.ko.xz"
  cp "$root/usr/src/hv/hv_utils.ko" "$root/lib/modules/$version/kernel/drivers/hv/"
  chroot "$root" depmod "$version"
  umount "$root/proc"
  echo hv_utils >"$root/etc/modules-load.d/hv_utils.conf"
  echo tsync-vm >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 tsync-vm\n' >"$root/etc/hosts"
  echo '/dev/vda / ext4 rw 0 1' >"$root/etc/fstab"
  printf '[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/20-all.network"
  chroot "$root" useradd -m -s /bin/bash -G sudo ops
  echo 'ops:lab' | chroot "$root" chpasswd
  local home
  for home in root home/ops; do
    install -d -m 700 "$root/$home/.ssh"
    install -m 600 "$key.pub" "$root/$home/.ssh/authorized_keys"
  done
  chroot "$root" chown -R ops:ops /home/ops/.ssh
  chroot "$root" systemctl enable systemd-networkd ssh chrony >/dev/null 2>&1
  cp "$root/boot/vmlinuz-$version" "$lab/vmlinuz"
  cp "$root/boot/initrd.img-$version" "$lab/initrd"
  truncate -s 3G "$lab/disk.img"
  mke2fs -q -t ext4 -d "$root" "$lab/disk.img"
  rm -rf "$root"
}

up() {
  local n=$1 i smbios=()
  image
  if [[ ${VM_PLATFORM:-azure} == azure ]]; then
    smbios=(-smbios "type=1,manufacturer=Microsoft Corporation,product=Virtual Machine"
      -smbios "type=3,manufacturer=Microsoft Corporation,asset=7783-7084-3265-9085-8269-3286-77")
  fi
  for i in $(seq 1 "$n"); do
    [[ -f $lab/vm$i.pid ]] && kill -0 "$(<"$lab/vm$i.pid")" 2>/dev/null && continue
    qemu-img create -q -f qcow2 -b "$lab/disk.img" -F raw "$lab/vm$i.qcow2"
    setsid qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 1 -m 640 -display none -no-user-config \
      -monitor "unix:$lab/vm$i.mon,server,nowait" -serial "file:$lab/vm$i.log" \
      -kernel "$lab/vmlinuz" -initrd "$lab/initrd" \
      ${smbios[@]+"${smbios[@]}"} \
      -append "console=ttyS0 root=/dev/vda rw quiet systemd.firstboot=off mitigations=off" \
      -drive "file=$lab/vm$i.qcow2,if=virtio,format=qcow2,cache=unsafe" \
      -netdev "user,id=n0,hostfwd=tcp:127.0.0.1:$((port + i))-:22" -device virtio-net-pci,netdev=n0 \
      >"$lab/vm$i.out" 2>&1 </dev/null &
    echo $! >"$lab/vm$i.pid"
  done
  for i in $(seq 1 "$n"); do
    for _ in $(seq 1 90); do
      ssh -i "$key" -p $((port + i)) -o BatchMode=yes -o ConnectTimeout=3 -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR root@127.0.0.1 true 2>/dev/null && break
      sleep 1
    done
  done
  echo "all:"
  echo "  vars: {ansible_host: 127.0.0.1, ansible_user: root, ansible_ssh_private_key_file: $key}"
  echo "  hosts:"
  for i in $(seq 1 "$n"); do echo "    vm$i: {ansible_port: $((port + i))}"; done
}

down() {
  local file
  for file in "$lab"/vm*.pid; do
    [[ -f $file ]] || continue
    kill "$(<"$file")" 2>/dev/null || true
    rm -f "$file" "${file%.pid}".{qcow2,mon,log,out}
  done
}

case ${1:-} in
  image) image ;;
  up) up "${2:-1}" ;;
  monitor) echo "$3" | socat - "UNIX-CONNECT:$lab/vm$2.mon" ;;
  down) down ;;
  *) sed -n '2,10s/^# \?//p' "$0"; exit 64 ;;
esac
