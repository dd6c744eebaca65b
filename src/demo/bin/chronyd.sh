#!/bin/sh
# Stand-in for chronyd: -v, -p -f FILE (check of a configuration), and -Q (one measurement of a server, as tsync tries servers before a change).
# shellcheck disable=SC2154 # from host.sh
# shellcheck source=/dev/null
. "${0%/*}/host.sh"
# shellcheck source=/dev/null
. "$home/bin/chrony.sh"
config=$chrony_config check=no try=no server=''
while [ $# -gt 0 ]; do
  case $1 in
    -v | --version)
      echo "chronyd (chrony) version $chrony_version (+CMDMON +NTP +REFCLOCK +RTC +PRIVDROP +SCFILTER +SIGND +ASYNCDNS +NTS +SECHASH +IPV6 -DEBUG)"
      exit 0
      ;;
    -p)
      chrony_has 4 0 || refuse "chronyd: invalid option -- 'p'"
      check=yes
      ;;
    -f)
      config=$2
      shift
      ;;
    -Q) try=yes ;;
    -t | -F | -u) shift ;;
    'server '* | 'pool '*) server=${1#* } ;;
  esac
  shift
done
stamp() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >&2; }
if [ $check = yes ]; then
  # What it reads is below the host's root, however it was named.
  read_config "${config#"$root"}"
elif [ $try = yes ]; then
  stamp "chronyd version $chrony_version starting (+CMDMON +NTP +REFCLOCK)"
  stamp 'Disabled control of system clock'
  server=${server%% *}
  case " $dead_servers " in
    *" $server "* | *' all '*)
      sleep 1
      stamp 'No suitable source for synchronisation'
      stamp 'chronyd exiting'
      exit 1
      ;;
  esac
  skew_at "$(now)"
  measure "$(now)" "0 ^ $(address "$server" 0) $server"
  wrong=$((offset - skew)) sign=''
  if [ $wrong -lt 0 ]; then wrong=$((-wrong)) sign=-; fi
  stamp "System clock wrong by $sign$((wrong / 1000000)).$(printf %06d $((wrong % 1000000))) seconds (ignored)"
  stamp 'chronyd exiting'
else
  refuse 'Fatal error : chronyd is started by systemctl in this demo'
fi
