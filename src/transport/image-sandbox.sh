# shellcheck shell=sh
# Runs one command on an image tree with the least rights that this machine can give it: sh -c 'eval "$1"' tsync THIS outside ROOT read|write COMMAND...
# Within, the tree lies at /image: nothing of it can be executed or set an id, no device of it is one, and for `read` nothing is
# written. Around it are only what programs of this machine need, read-only, and no network: a link of the tree that leads
# out of it leads nowhere. TSYNC_SANDBOX=yes tells the command so.
# Without root, or where this machine has no such namespaces, the command runs as it is, and its own checks of paths are all there is.
# What fails once the tree is touched is refused instead: a tree must not be able to choose to be worked on without this.

tsync_outside() {
  sandbox_text=$1
  shift 2
  unset TSYNC_SANDBOX
  callers_path=$PATH
  safe_path
  if ! cd -- "$1"; then
    echo "tsync: $1 cannot be entered" >&2
    exit 96
  fi
  if can_enclose '--mount --ipc --net' || can_enclose --mount; then
    # shellcheck disable=SC2016,SC2086 # words, and one that is for the next shell
    exec unshare $namespaces --propagation private -- /bin/sh -c 'eval "$1"' tsync "$sandbox_text" inside ${1+"$@"}
  fi
  shift 2
  cd /
  PATH=$callers_path
  exec "$@"
}

# safe_path: the tree becomes the working folder, and the caller's PATH may have "." in it.
safe_path() {
  PATH=/usr/sbin:/usr/bin:/sbin:/bin
  export PATH
}

# can_enclose NAMESPACES: tries all that does not depend on a tree; busybox has these commands, and not what is needed of them.
can_enclose() {
  namespaces=$1
  case $(mount -V) in *util-linux*) ;; *) return 1 ;; esac
  # other places than these are not there within (NixOS)
  case $(command -v setpriv):$(command -v stat) in /usr/*:/usr/* | /bin/*:/bin/* | /usr/*:/bin/* | /bin/*:/usr/*) ;; *) return 1 ;; esac
  # shellcheck disable=SC2086 # words
  [ "$(id -u)" = 0 ] && unshare $namespaces --propagation private -- \
    setpriv $least_rights -- mount -V
} </dev/null >/dev/null 2>&1

# To read and write files whoever they belong to, and to give them an owner. Not: to mount, to change the root, to make devices, to open
# by handle, or to look into processes with more rights than these (/proc/1/root would lead out).
least_rights='--no-new-privs --inh-caps=-all --bounding-set=-all,+chown,+dac_override,+fowner,+fsetid'

# tsync_inside TEXT inside ROOT ACCESS COMMAND...: in namespaces of our own, with the tree as working folder: from here on
# nobody goes by its name any more, which somebody may give to another folder.
tsync_inside() {
  shift 2
  tree_name=$1 access=$2
  shift 2
  umask 022
  safe_path
  new=/tmp
  if ! make_surroundings >/dev/null 2>&1; then
    umount -l "$new" 2>/dev/null
    cd /
    exec "$@"
  fi
  if ! trouble=$(bring_tree 2>&1); then
    echo "tsync: $tree_name cannot be worked on: $trouble" >&2
    exit 96
  fi
  cd "$new" && pivot_root . old && cd / && umount -l /old && rmdir /old || exit 96
  TSYNC_SANDBOX=yes
  export TSYNC_SANDBOX
  # shellcheck disable=SC2086 # words
  exec setpriv $least_rights -- "$@"
}

# make_surroundings: a root of our own in memory. Its size bounds what a command may leave in it.
make_surroundings() {
  mount -t tmpfs -o mode=755,size=512m,nosuid,nodev tsync "$new" || return 1
  mkdir "$new/image" "$new/old" "$new/etc" "$new/dev" "$new/proc" "$new/tmp" && chmod 1777 "$new/tmp" || return 1
  for folder in /usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix/store; do
    if [ -L "$folder" ]; then
      ln -s "$(readlink "$folder")" "$new$folder" || return 1
    elif [ -d "$folder" ]; then
      mkdir -p "$new$folder" && mount -o bind,ro,nosuid,nodev "$folder" "$new$folder" || return 1
    fi
  done
  for file in passwd group nsswitch.conf ld.so.cache; do
    if [ -f "/etc/$file" ]; then cp "/etc/$file" "$new/etc/$file" || return 1; fi
  done
  if [ -d /etc/alternatives ]; then cp -R -P /etc/alternatives "$new/etc/" || return 1; fi
  for file in null zero urandom; do
    : >"$new/dev/$file" && mount -o bind "/dev/$file" "$new/dev/$file" || return 1
  done
  ln -s /proc/self/fd "$new/dev/fd" && mount -o bind,ro,nosuid,nodev,noexec /proc "$new/proc"
}

# bring_tree: what is mounted in the tree comes with it, but for what is no file system of an image. Prints what is wrong.
bring_tree() {
  tree_id=$(stat -c %d:%i .) || return 1
  if [ "$tree_id" = "$(stat -c %d:%i /)" ] || [ "$(stat -L -c %d:%i etc)" = "$(stat -c %d:%i /etc/.)" ]; then
    echo 'it is the running system itself'
    return 1
  fi
  # by its place, not its name: -c
  mount -c --rbind . "$new/image" || return 1
  if [ "$(stat -c %d:%i "$new/image")" != "$tree_id" ]; then
    echo 'another folder has come into its place'
    return 1
  fi
  each_mount drop_pseudo && each_mount restrict && each_mount is_restricted
}

# each_mount FUNCTION: calls it with the place, the options and the type of every mount at or below the tree's.
each_mount() {
  while read -r _ _ _ _ place options rest; do
    case $place in "$new/image" | "$new/image/"*) ;; *) continue ;; esac
    type=${rest#*- }
    # blanks and the like are octal
    case $place in *\\*) place=$(printf '%b/' "$(printf %s "$place" | sed 's/\\\([0-7]\{3\}\)/\\0\1/g')") ;; esac
    "$1" "${place%/}" "$options" "${type%% *}" || return 1
  done <<END
$(cat /proc/self/mountinfo)
END
}

drop_pseudo() {
  case $3 in
    proc | sysfs | devtmpfs | devpts | cgroup* | mqueue | debugfs | tracefs | securityfs | pstore | bpf | configfs) ;;
    fusectl | hugetlbfs | binfmt_misc | autofs | efivarfs | nsfs | selinuxfs | rpc_pipefs) ;;
    *) return 0 ;;
  esac
  # the one above it may have taken it along
  umount -l "$1" 2>/dev/null || :
}

restrict() {
  restrictions=remount,bind,nosuid,nodev,noexec
  if [ "$access" != write ]; then restrictions=$restrictions,ro; fi
  mount -o "$restrictions" "$1"
}

is_restricted() {
  case $access:,$2, in write:* | *,ro,*) ;; *) false ;; esac &&
    case ,$2, in *,nosuid,*) ;; *) false ;; esac &&
    case ,$2, in *,nodev,*) ;; *) false ;; esac &&
    case ,$2, in *,noexec,*) ;; *) false ;; esac && return
  echo "what is mounted at ${1#"$new/image"}/ cannot be restricted"
  return 1
}

"tsync_$2" "$@"
