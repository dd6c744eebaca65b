#!/bin/sh
# Stand-in for chronyc: tracking, sources, activity as CSV (-c), and reload sources.
# shellcheck disable=SC2154 # from what is sourced
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
# shellcheck source=/dev/null
. "$home/bin/chrony.sh"

main() {
  original=no
  while :; do
    case ${1-} in
      -N) original=yes ;;
      -*) ;;
      *) break ;;
    esac
    shift
  done
  running=no
  for unit in "$state"/active/chrony*.service; do if [ -e "$unit" ]; then running=yes; fi; done
  if [ $running = no ]; then refuse '506 Cannot talk to daemon'; fi
  moment=$(now)
  skew_at "$moment"
  case $*: in
    tracking*) tracking ;;
    sources*) sources ;;
    activity*) activity ;;
    'reload sources'*)
      privileged || refuse '501 Not authorised'
      chrony_has 4 0 || refuse 'Unrecognized command'
      chrony_reload
      echo '200 OK'
      ;;
    *) refuse 'Unrecognized command' ;;
  esac
}

# seconds MICROSECONDS: with nine decimals, as chronyc prints them.
seconds() {
  if [ "$1" -lt 0 ]; then printf -- '-%d.%06d141' $((-$1 / 1000000)) $((-$1 % 1000000)); else printf '%d.%06d128' $(($1 / 1000000)) $(($1 % 1000000)); fi
}

tracking() {
  judge "$moment"
  if [ -z "$selected" ]; then
    echo '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised'
    return
  fi
  set -f
  # shellcheck disable=SC2046 # words
  set -- $(echo "$selected_address" | tr . ' ')
  if [ "$selected_mode" = '#' ]; then
    reference=50484330 delay=0.000000001 dispersion=0.000016231 interval=8.0
  else
    reference=$(printf '%02X%02X%02X%02X' "$@") delay=0.014512301 dispersion=0.002104112 interval=64.4
  fi
  # How far the clock still is from its source: nothing, once it was set.
  distance=$(seconds $((selected_offset - skew)))
  echo "$reference,$selected_address,$((selected_stratum + 1)),$((moment + skew / 1000000)).214350221,$distance,$distance,0.000000412,-12.417,0.001,0.037,$delay,$dispersion,$interval,Normal"
}

sources() {
  judge "$moment"
  IFS=$newline
  set -f
  # shellcheck disable=SC2086 # lines
  set -- $loaded
  set +f
  unset IFS
  for record in "$@"; do
    measure "$moment" "$record"
    stratum=$(source_stratum) reach=377 age=$(((moment - since) % 16)) error=0.012604211
    if [ "$mode" = '#' ]; then
      poll=$(option_value "$options" poll 4) error=0.000000510 label=$address
    else
      poll=6 label=$address
      if [ $original = yes ]; then label=$name; fi
    fi
    if [ $((moment - since)) -lt 10 ]; then reach=17; fi
    sign='-'
    if [ "$alive" = no ]; then
      sign='?' reach=0 age=4294967295 offset=$skew error=4000000000.0 stratum=0
    elif has_option "$options" noselect; then
      sign='?'
    elif [ "$record" = "$selected" ]; then
      sign='*'
    elif ! is_true; then
      sign=x
    elif [ "$selected_mode" = '^' ]; then
      sign=+
    fi
    difference=$(seconds $((skew - offset)))
    echo "$mode,$sign,$label,$stratum,$poll,$reach,$age,$difference,$difference,$error"
  done
}

activity() {
  online=0
  judge "$moment"
  for word in $loaded; do if [ "$word" = '^' ]; then online=$((online + 1)); fi; done
  echo "$online,0,0,0,0"
}

main "$@"
