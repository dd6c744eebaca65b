# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# chrony: its version, configuration and readings.

probe_chrony() {
  probe_chronyd_version
  main='' refused_file=''
  if [ -n "$chronyd_pid" ]; then
    file_option "$chronyd_pid" f
    main=$option
  elif [ -n "$chronyd_doubted" ]; then
    # systemd has started something else in its place
    main=odd
  fi
  if [ -z "$main" ]; then chronyd_config_of_distribution; fi
  begin chrony-config
  walked=$newline config_files='' sources_folders='' config_folders='' include_folders='' key_files='' steps=0
  if [ -n "$refused_file" ]; then say "untrusted $refused_file"; fi
  if [ "$main" = odd ]; then say 'skipped -f'; else walk_config "$main" 0; fi
  # shellcheck disable=SC2086 # words: paths of plain characters
  print_untrusted $config_files $config_folders $sources_folders $include_folders $key_files
  finish
  if [ "$main" != odd ] && [ -z "$image" ]; then probe_chrony_check "$main"; fi
  for file in $config_files; do probe_file "$file"; done
  for file in $key_files; do probe_file "$file"; done
  for folder in $config_folders; do probe_file "$folder/tsync.conf"; done
  for folder in $sources_folders; do probe_file "$folder/tsync.sources"; done
  probe_file /etc/chrony/chrony.conf
  probe_file /etc/chrony.conf
  probe_file /etc/default/chrony
  probe_file /etc/sysconfig/chronyd
  if [ -e "$root/etc/conf.d/chronyd" ]; then probe_file /etc/conf.d/chronyd; fi
  if [ -n "$chronyd_pid" ]; then probe_chrony_readings; fi
}

# chrony_before_csv, chrony_before_4: what this chronyc cannot do yet. Nothing is known of a version that is not printed.
probe_chronyd_version() {
  chrony_before_csv='' chrony_before_4=''
  if ! has chronyd; then
    section chronyd-version chronyd -v
    return
  fi
  capture chronyd -v
  section_captured chronyd-version
  case $captured in *'version 1.'* | *'version 2.'[0-3] | *'version 2.'[0-3][!0-9]*) chrony_before_csv=yes ;; esac
  case $captured in *'version '[123].*) chrony_before_4=yes ;; esac
}

# probe_chrony_check FILE: would chronyd take its configuration? From 4.0 on it reads it, prints it and ends; only what it says of it is kept.
probe_chrony_check() {
  if [ -n "$chrony_before_4" ] || ! has chronyd || [ ! -e "$root$1" ]; then return 0; fi
  capture_matching '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]*Z ' chronyd -p -f "$root$1"
  section_captured chrony-check
}

# CSV from 2.4 on; before that the texts for people. `selectdata` and `authdata` answer root only. A chronyd that does not
# answer is not asked five times, because each question may take its whole deadline.
probe_chrony_readings() {
  if [ -n "$chrony_before_csv" ]; then
    section tracking-text chronyc -n tracking
    section sources-text chronyc -n sources
    return
  fi
  if has chronyc; then
    capture chronyc -c -n tracking
    section_captured tracking
  else
    section tracking chronyc -c -n tracking
    status=127
  fi
  section sources chronyc -c -n sources
  [ "$status" = 0 ] || return 0
  section sourcestats chronyc -c -n sourcestats
  if [ -z "$chrony_before_4" ]; then
    section selectdata chronyc -c -n selectdata
    section authdata chronyc -c -n authdata
  fi
}

chronyd_config_of_distribution() {
  main=/etc/chrony.conf
  if [ -e "$root/etc/debian_version" ] || [ -e "$root/etc/alpine-release" ]; then main=/etc/chrony/chrony.conf; fi
  if [ ! -e "$root$main" ]; then
    for file in /etc/chrony.conf /etc/chrony/chrony.conf; do if [ -e "$root$file" ]; then main=$file; fi; done
  fi
}

# walk_config FILE DEPTH: says what chronyd reads, in its order: include (a glob), confdir (*.conf), sourcedir (*.sources).
# At most 60 files, 8 deep, none twice. The directives come from grep, so that a long file cannot keep the shell busy.
walk_config() {
  case $walked in
    *"$newline$1$newline"*)
      say "again $1"
      return
      ;;
  esac
  steps=$((steps + 1))
  if [ "$2" -gt 8 ] || [ "$steps" -gt 60 ]; then
    say "limit $1"
    return
  fi
  walked=$walked$1$newline
  say "file $1"
  config_files="$config_files $1"
  [ -f "$root$1" ] && [ -r "$root$1" ] && file_in_image "$root$1" || return 0
  # every level of the recursion keeps its rest in the arguments, because POSIX sh has no local variables
  set -- "$2" "$(quiet grep -aiE -m 200 '^[[:space:]]*(include|confdir|sourcedir|keyfile)[[:space:]]' "$root$1")$newline"
  while [ -n "$2" ]; do
    directive=${2%%"$newline"*}
    set -- "$1" "${2#*"$newline"}"
    walk_directive "$1" "$directive"
  done
}

# walk_directive DEPTH LINE: what one directive brings. Arguments, not variables, survive the recursion.
walk_directive() {
  case $2 in *[!A-Za-z0-9_./:@+,~=*?\ \	-]*)
    say "skipped $2"
    return
    ;;
  esac
  set -f
  # shellcheck disable=SC2086 # the words of the directive
  set -- "$1" $2
  set +f
  [ "$#" -ge 3 ] || return 0
  case $2 in
    [Ii]*) walk_files "$1" "$3" ;;
    [Kk]*) key_files="$key_files $3" ;;
    [Cc]*)
      while [ "$#" -ge 3 ]; do
        say "confdir $3"
        config_folders="$config_folders $3"
        walk_files "$1" "$3/*.conf"
        keep=$1
        shift 3
        set -- "$keep" confdir ${1+"$@"}
      done
      ;;
    [Ss]*)
      while [ "$#" -ge 3 ]; do
        say "sourcedir $3"
        sources_folders="$sources_folders $3"
        walk_sources "$3/*.sources"
        keep=$1
        shift 3
        set -- "$keep" sourcedir ${1+"$@"}
      done
      ;;
  esac
}

# walk_files DEPTH GLOB: reads on in each file that the glob matches, in the order of the shell, which is chronyd's.
walk_files() {
  walk_folder=${2%%[*?]*}
  case $walk_folder in /*/*) include_folders="$include_folders ${walk_folder%/*}" ;; esac
  expand_glob "$1" "$2"
  for file in $expanded; do
    set -- ${1+"$@"} "$file"
  done
  while [ "$#" -gt 2 ]; do
    walk_config "$3" $(($1 + 1))
    walk_depth=$1
    walk_glob=$2
    shift 3
    set -- "$walk_depth" "$walk_glob" ${1+"$@"}
  done
}

# walk_sources GLOB: files of a sourcedir, where only server, pool and peer count.
walk_sources() {
  expand_glob 0 "$1"
  for file in $expanded; do
    say "sources $file"
    config_files="$config_files $file"
  done
}
