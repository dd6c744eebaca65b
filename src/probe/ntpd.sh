# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# The configuration of ntpd and ntpsec.

# What ntpd reads: -c of the running one, or the distribution's files; each with its includes, one level deep.
probe_ntp_config() {
  option='' refused_file=''
  if [ -n "$ntpd_pid" ]; then file_option "$ntpd_pid" c; fi
  begin ntp-config
  config_files='' walked=$newline include_folders=''
  if [ -n "$refused_file" ]; then say "untrusted $refused_file"; fi
  case $option in
    '') for file in /etc/ntpsec/ntp.conf /etc/ntp.conf; do walk_ntp_config "$file"; done ;;
    odd) say 'skipped -c' ;;
    *) walk_ntp_config "$option" ;;
  esac
  # shellcheck disable=SC2086 # words: paths of plain characters
  print_untrusted $config_files $include_folders
  finish
  for file in $config_files; do probe_file "$file"; done
  # a file that no process reads may still be what another tool looks at
  for file in /etc/ntpsec/ntp.conf /etc/ntp.conf; do if [ -e "$root$file" ]; then probe_file "$file"; fi; done
}

walk_ntp_config() {
  if [ ! -e "$root$1" ]; then return; fi
  ntp_file "$1"
  [ -f "$root$1" ] && file_in_image "$root$1" || return 0
  included=$(quiet head -c 65537 "$root$1" | sed -n 's/^[[:space:]]*includefile[[:space:]]\{1,\}//p' | tr -d '"' | head -n 20)
  split_lines "$included"
  for file in $lines; do
    case $file in /*) ;; *) file=${1%/*}/$file ;; esac
    include_folders="$include_folders $file"
    if [ -d "$root$file" ] && in_image "$root$file/."; then
      expand_glob 0 "$file/*.conf"
      for match in $expanded; do ntp_file "$match"; done
    elif [ -e "$root$file" ]; then
      ntp_file "$file"
    fi
  done
  # ntpsec reads this folder without being told
  expand_glob 0 "${1%.conf}.d/*.conf"
  for match in $expanded; do ntp_file "$match"; done
}

ntp_file() {
  case $walked in *"$newline$1$newline"*) return ;; esac
  walked=$walked$1$newline
  say "file $1"
  config_files="$config_files $1"
}
