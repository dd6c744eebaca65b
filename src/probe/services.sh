# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Units of systemd.

time_units='chrony.service chronyd.service systemd-timesyncd.service ntp.service ntpd.service ntpsec.service openntpd.service
ntpdate.service systemd-time-wait-sync.service ptp4l.service phc2sys.service timemaster.service'
unit_properties=Id,Names,LoadState,ActiveState,SubState,UnitFileState,FragmentPath,DropInPaths,MainPID

# Plain `systemctl show` asks process 1 and starts nothing. Where another init runs, its scripts and links.
probe_services() {
  timesyncd_active=''
  if [ -d "$root/run/systemd/system" ]; then
    section systemd systemctl --version
    asked=$time_units
    split_lines "$units"
    for unit in $lines; do asked="$asked $unit"; done
    # shellcheck disable=SC2086 # words: unit names
    capture systemctl show --no-pager -p "$unit_properties" $asked
    section_captured services
    # units made from sysv scripts (Ubuntu 16.04's chrony and ntp) start by the links of those
    case $captured in *FragmentPath=/run/systemd/generator*) probe_init_scripts ;; esac
    probe_unit_blocks
    probe_links /etc/systemd/system
    probe_links /run/systemd/system
  else
    probe_init_scripts
  fi
}

# Blocks of `systemctl show` stand apart by an empty line; the order of the lines in them is systemd's own.
probe_unit_blocks() {
  remaining=$captured$newline$newline
  while :; do
    case $remaining in *"$newline$newline"*) ;; *) break ;; esac
    block=$newline${remaining%%"$newline$newline"*}$newline
    remaining=${remaining#*"$newline$newline"}
    case $block in *"${newline}LoadState=loaded"*) ;; *) continue ;; esac
    property Id
    unit=$value
    property FragmentPath
    if [ -n "$value" ]; then probe_file "$value"; fi
    property DropInPaths
    split_words "$value"
    for file in $words; do probe_file "$file"; done
    for folder in /etc /run; do probe_matches "$root$folder/systemd/system/$unit.d"/*.conf; done
    property MainPID
    if [ "${value:-0}" != 0 ]; then
      case $unit in
        chrony.service | chronyd.service) if believed_pid "$value"; then chronyd_pid=$value; else chronyd_doubted=yes; fi ;;
        ntp.service | ntpd.service | ntpsec.service | openntpd.service) if believed_pid "$value"; then ntpd_pid=$value; fi ;;
      esac
    fi
    property ActiveState
    if [ "$unit $value" = 'systemd-timesyncd.service active' ]; then timesyncd_active=yes; fi
    if [ "$value" = failed ] && has journalctl; then
      section "last-words:$unit" journalctl -q --no-pager -o cat -b -n 3 "_SYSTEMD_UNIT=$unit"
    fi
  done
}

# property NAME: its value in $block, into $value.
property() {
  value=''
  case $block in
    *"$newline$1="*)
      value=${block#*"$newline$1="}
      value=${value%%"$newline"*}
      ;;
  esac
}

# The symbolic links (and empty files, which mask too) that enable, alias or mask a unit: one `ls` in the folder itself.
probe_links() {
  [ -d "$root$1" ] && folder_in_image "$root$1" || return 0
  begin "links:$1"
  found=$(
    cd "$root$1" || exit 0
    set --
    for unit in *.service; do if [ -L "$unit" ] || { [ -f "$unit" ] && [ ! -s "$unit" ]; }; then set -- ${1+"$@"} "$unit"; fi; done
    for unit in $asked; do
      for link in *.wants/"$unit" *.requires/"$unit"; do
        if [ -L "$link" ] && in_image "$PWD/$link"; then set -- ${1+"$@"} "$link"; fi
      done
    done
    if [ "$#" -gt 0 ]; then quiet ls -ld ${1+"$@"}; fi
  )
  if [ -n "$found" ]; then say "$found"; fi
  finish
}
