# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Transactions of tsync that lie on the host.

# probe_transactions [all]: transactions of tsync that are neither confirmed nor reverted, or every one, newest first; only
# root can see them. What an open one costs more is asked for where there is one.
probe_transactions() {
  wanted_transactions=${1:-open}
  folder=$root/var/lib/tsync
  begin transactions
  if ! own_in_image; then
    finish refused
    return
  fi
  if [ -d "$folder" ] && { [ ! -r "$folder" ] || [ ! -x "$folder" ]; }; then
    finish denied
    return
  fi
  if [ -d "$folder/tx" ] && { [ ! -r "$folder/tx" ] || [ ! -x "$folder/tx" ]; }; then
    finish denied
    return
  fi
  if [ -n "$image" ]; then
    image_transactions
    finish
    return
  fi
  count=0
  newest_first=''
  for transaction_folder in "$folder"/tx/*/; do newest_first="${transaction_folder##*"$folder"/tx/} $newest_first"; done
  set -f
  for transaction_id in $newest_first; do
    transaction_folder=$folder/tx/${transaction_id%/}
    [ -d "$transaction_folder" ] || continue
    read_transaction "$transaction_folder"
    case $state in
      '' | confirmed | reverted) if [ "$wanted_transactions" = open ]; then continue; fi ;;
    esac
    count=$((count + 1))
    if [ "$count" -gt 150 ]; then
      say more
      break
    fi
    say "transaction ${transaction_id%/}"
    say "state=${state:-preparing}"
    case $state in
      confirmed | reverted) ;;
      *)
        guard_left
        say "guard=$left"
        ;;
    esac
    while read -r kept found_path; do
      if [ -f "$root$kept" ]; then say "found=$kept $found_path"; fi
    done 2>/dev/null <"$transaction_folder/found"
    say "$(quiet head -c 2048 "$transaction_folder/meta")"
    say ''
  done
  set +f
  # Work on packages removes its mark at its end; one that stands was killed, or is at work now.
  for state in "$folder"/packages/*/begun; do
    [ -e "$state" ] || continue
    transaction_folder=${state%/begun}
    say "packages ${transaction_folder##*/}"
    say state=begun
    say "$(quiet head -c 2048 "$transaction_folder/meta")"
    say ''
    break
  done
  finish
}

# guard_left: sets left to the seconds until the guard of the transaction in transaction_folder comes, to `late` when it is
# due, to none when no guard of it runs.
guard_left() {
  left=none
  [ -f "$transaction_folder/guards" ] || return 0
  guard_runs=no
  while IFS= read -r guard_name && [ "$guard_runs" = no ]; do
    case $guard_name in '' | *[!A-Za-z0-9.-]*) continue ;; esac
    if [ -f "$transaction_folder/$guard_name.pid" ]; then
      sleeper_pid='' sleeper_start=''
      read -r sleeper_pid sleeper_start <"$transaction_folder/$guard_name.pid" || :
      case $sleeper_pid in '' | *[!0-9]*) continue ;; esac
      IFS= read -r stat_line 2>/dev/null <"/proc/$sleeper_pid/stat" || continue
      # shellcheck disable=SC2086 # words
      set -- ${stat_line##*) }
      if [ "${20:-}" = "$sleeper_start" ]; then guard_runs=yes; fi
    elif [ "$(x systemctl is-active "$guard_name.timer" 2>/dev/null)" = active ]; then
      guard_runs=yes
    fi
  done <"$transaction_folder/guards"
  [ "$guard_runs" = yes ] || return 0
  left=late
  # shellcheck disable=SC2046 # two words: uptime and seconds
  set -- $(sed -n 's/^\([0-9][0-9]*\)[.0-9]* guard armed:\([0-9][0-9]*\)$/\1 \2/p' "$transaction_folder/journal" 2>/dev/null | tail -n 1)
  if [ $# = 2 ] && read -r uptime_text rest </proc/uptime; then left=$(($1 + $2 - ${uptime_text%.*})); fi
  case $left in -*) left=late ;; esac
}
