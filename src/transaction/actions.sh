# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Actions: what changes make necessary. Taken back when they began: refresh before services run, run after.

# action KIND NAME
action() { entry action "$1${2:+:$2}" "$@"; }

check_action() { :; }
restore_action() { :; }
tell_action() { :; }

# back_up_action: what an undo must know of before.
back_up_action() {
  if [ "$1" = restart ]; then service_state "$2" >"$tx/backup/$number" || :; fi
} 2>/dev/null

make_action() {
  said=''
  case $1 in
    # Another job of systemd may cancel ours: once more, and then it is the unit's own fault.
    restart) restart_once "$2" || { sleep 1 && restart_once "$2"; } || { last_words "$2"; false; } ;;
    reload-sources) within 20 chronyc reload sources ;;
    daemon-reload) within 60 systemctl daemon-reload ;;
    udev-trigger) reload_udev ;;
    *) false ;;
  esac || fail "$entry_name: ${said:-did not succeed}"
} >/dev/null 2>&1

refresh_action() {
  [ "$1" != udev-trigger ] || reload_udev || fail "$entry_name: could not be taken back"
} >/dev/null 2>&1

run_action() {
  [ "$mode" != boot ] || return 0
  said=''
  case $1 in
    restart)
      case $(cat "$tx/backup/$number") in
        active | reloading) restart_hard "$2" || { last_words "$2"; false; } ;;
        # it may have failed to start again and again, and is as before when it fails once more
        activating) restart_hard "$2" || : ;;
        *) set_activity "$2" inactive ;;
      esac
      ;;
    reload-sources) within 20 chronyc reload sources ;;
  esac || fail "$entry_name: could not be taken back${said:+: }$said"
} >/dev/null 2>&1

reload_udev() {
  within 20 udevadm control --reload &&
    within 20 udevadm trigger --subsystem-match=ptp --action=add || return 1
  [ "$mode" = boot ] || within 20 udevadm settle --timeout=15 || :
}
