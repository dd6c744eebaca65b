# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# What a mounted image tree will boot with.

# probe_image: what a mounted tree will boot with. Nothing of the running system is asked: not its processes, /proc, /sys,
# kernel log, services or clock, even where they are mounted into the tree.
probe_image() {
  chronyd_pid='' ntpd_pid='' timesyncd_active='' own_processes=' ' chronyd_doubted=''
  begin system
  say image=yes
  if [ -n "$platform" ]; then say "platform=$platform"; fi
  if [ -e "$root/usr/lib/systemd/systemd" ] || [ -e "$root/lib/systemd/systemd" ]; then
    say systemd=yes
  elif [ -e "$root/sbin/openrc" ]; then
    say openrc=yes
  fi
  if [ -d "$root/ostree" ]; then say ostree=yes; fi
  if [ -e "$root/usr/share/zoneinfo/right/UTC" ]; then say leap-zone=yes; elif [ -d "$root/usr/share/zoneinfo" ]; then say leap-zone=no; fi
  finish
  probe_release_files
  image_packages
  image_units
  probe_chrony
  probe_other_daemons
  probe_device_rules
  probe_clock_jobs
  probe_transactions
  probe_asked_files
  probe_asked_parameters
}

# image_transactions: those of a tree, newest first, by what its files say: no guard of it runs anywhere. What is not as tsync leaves
# it is `unreadable`: nothing of it may be gone by, and a person must look.
image_transactions() {
  newest_first='' count=0
  for transaction_folder in "$folder"/tx/*; do
    transaction_id=${transaction_folder##*/}
    if is_transaction_id "$transaction_id"; then
      newest_first="$transaction_id $newest_first"
    elif [ -e "$transaction_folder" ] || [ -L "$transaction_folder" ]; then
      # a name is at most 255 bytes
      set_encoded "$transaction_id"
      say "transaction $encoded${newline}state=unreadable${newline}guard=none$newline"
      count=$((count + 1))
      [ "$count" -lt 20 ] || break
    fi
  done
  for transaction_id in $newest_first; do
    transaction_folder=$folder/tx/$transaction_id
    image_state
    case $line in
      preparing | confirmed | reverted) if [ "$wanted_transactions" = open ]; then continue; fi ;;
    esac
    count=$((count + 1))
    if [ "$count" -gt 150 ]; then
      say more
      break
    fi
    say "transaction $transaction_id${newline}state=$line${newline}guard=none"
    if plain_in_image "$transaction_folder/meta"; then say "$(quiet head -c 2048 "$transaction_folder/meta")"; fi
    say ''
  done
}

# image_state: sets line to the state of the transaction in transaction_folder, or what stands for it.
image_state() {
  line=unreadable
  own_in_image "$transaction_id" && [ -d "$transaction_folder" ] || return 0
  for file in state journal; do
    file=$transaction_folder/$file
    if { [ -e "$file" ] || [ -L "$file" ]; } && ! plain_in_image "$file"; then return 0; fi
  done
  if [ -f "$transaction_folder/state" ]; then
    line=$(quiet head -c 40 "$transaction_folder/state")
    case $line in
      '') line=lost ;;
      *[!a-z]*) line=unreadable ;;
    esac
  elif quiet grep -qs ' begin$' "$transaction_folder/journal"; then
    line=lost
  else
    line=preparing
  fi
}

image_names='chrony systemd-timesyncd systemd-udev ntp ntpsec openntpd ntpdate linuxptp open-vm-tools tzdata-legacy systemd'

# image_packages: from the database in the tree, in the words of the program that would have been asked; systemd's version
# is that of its package.
image_packages() {
  status=0
  if [ -f "$root/var/lib/dpkg/status" ] && file_in_image "$root/var/lib/dpkg/status"; then
    captured=$(quiet grep -aE '^(Package|Status|Version): ' "$root/var/lib/dpkg/status" | image_dpkg)
    section_captured packages:dpkg
  elif [ -f "$root/lib/apk/db/installed" ] && file_in_image "$root/lib/apk/db/installed"; then
    captured=$(quiet grep -aE '^[PV]:' "$root/lib/apk/db/installed" | image_apk)
    section_captured packages:apk
  else
    captured='' status=127
    # shellcheck disable=SC2086 # words
    if copy_rpm_database; then capture rpm --dbpath "$rpm_database" -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' $image_names; fi
    section_captured packages:rpm
  fi
  version=''
  case $newline$captured in
    *"${newline}systemd "*)
      version=${newline}$captured
      version=${version#*"${newline}systemd "}
      version=${version%%[!0-9]*}
      ;;
  esac
  captured=''
  if [ -n "$version" ]; then captured="systemd $version"; fi
  status=0
  section_captured systemd
}

image_dpkg() {
  package='' state=''
  while IFS= read -r line; do
    case $line in
      'Package: '*) package=${line#Package: } state='' ;;
      'Status: '*) state=${line#Status: } ;;
      'Version: '*)
        case " $image_names " in *" $package "*) ;; *) continue ;; esac
        case $state in *' installed') printf '%s %s ii \n' "$package" "${line#Version: }" ;; esac
        ;;
    esac
  done
}

image_apk() {
  package=''
  while IFS= read -r line; do
    case $line in
      P:*) package=${line#P:} ;;
      V:*) case " $image_names " in *" $package "*) printf '%s-%s\n' "$package" "${line#V:}" ;; esac ;;
    esac
  done
}

# image_units: units as `systemctl show` would print them, by the unit files and links of the tree.
image_units() {
  asked=$time_units
  split_lines "$units"
  for unit in $lines; do asked="$asked $unit"; done
  captured=''
  for unit in $asked; do
    image_unit "$unit"
    captured=$captured$unit_block$newline
  done
  status=0
  section_captured services
  probe_unit_blocks
  probe_links /etc/systemd/system
}

image_unit() {
  name=$1 names=$1
  find_unit_file "$name"
  # another name of a unit is a link to that
  if [ -L "$root$fragment" ]; then
    alias=$(readlink "$root$fragment")
    case $alias in
      /dev/null) ;;
      *"/$name") fragment=$alias ;;
      *)
        name=${alias##*/} names="$name $1"
        find_unit_file "$name"
        ;;
    esac
  fi
  load=loaded file_state=static
  if [ -z "$fragment" ]; then
    load=not-found file_state=''
  elif [ "$(readlink "$root$fragment")" = /dev/null ] || [ ! -s "$root$fragment" ]; then
    load=masked file_state=masked fragment=''
  elif file_in_image "$root$fragment" && quiet grep -qs '^\[Install\]' "$root$fragment"; then
    file_state=disabled
    for link in "$root"/etc/systemd/system/*.wants/"$name" "$root"/etc/systemd/system/*.requires/"$name"; do
      if [ -L "$link" ] && in_image "$link"; then file_state=enabled; fi
    done
  fi
  drop_ins=''
  for folder in /usr/lib/systemd/system /etc/systemd/system; do
    for file in "$root$folder/$name.d"/*.conf; do if [ -f "$file" ]; then drop_ins="$drop_ins ${file#"$root"}"; fi; done
  done
  unit_block="Id=$name${newline}Names=$names${newline}LoadState=$load${newline}ActiveState=inactive${newline}SubState=dead
UnitFileState=$file_state${newline}FragmentPath=$fragment${newline}DropInPaths=${drop_ins# }${newline}MainPID=0$newline"
}

# find_unit_file NAME: sets fragment; an instance has the file of its template.
find_unit_file() {
  fragment=''
  template=$1
  case $1 in *@?*.*) template=${1%%@*}@.${1##*.} ;; esac
  for folder in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
    for file in "$folder/$1" "$folder/$template"; do
      if [ -z "$fragment" ] && { [ -e "$root$file" ] || [ -L "$root$file" ]; }; then fragment=$file; fi
    done
  done
}
