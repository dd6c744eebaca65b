# shellcheck shell=sh
# The verbs for services of systemd. A state is ACTIVE MASKED LINKS: active or inactive, masked or unmasked,
# and every link that enables the unit, one "path -> target" a line.
# shellcheck disable=SC2154 # root, tx, number, mode, newline: transaction.sh, conversation.sh

# change_service UNIT [state before: 3 words] [state after: 3 words]
change_service() { entry service "service:$1" "$@"; }

check_service() {
  links_are "$4" "$7" && no_other_links "$1" "$4" && [ "$(mask_of "$1")" = "$3" ] ||
    fail "$1: its links are not as they were" || return
  [ "$mode" = boot ] || activity_is "$1" "$2" || fail "$1: is not $2"
} 2>/dev/null

back_up_service() { :; }

# make_service: stopped while its unit is still there, started when it is there again.
make_service() {
  if [ "$5" = inactive ]; then set_activity "$1" inactive || fail "$1: could not be stopped" || return; fi
  set_links "$1" "$7" "$4" "$6" || fail "$1: its links could not be set" || return
  if [ "$6 $7" != "$3 $4" ]; then
    within 60 systemctl daemon-reload || fail "$1: systemd could not be reloaded" || return
  fi
  set_activity "$1" "$5" || fail "$1: could not be made $5"
} >/dev/null 2>&1

restore_service() {
  set_links "$1" "$4" "$7" "$3" || fail "$1: its links could not be restored"
} 2>/dev/null

refresh_service() { :; }

run_service() {
  [ "$2" != "$5" ] || return 0
  if [ "$mode" = boot ]; then
    within 20 systemctl --no-block "$(verb_for "$2")" "$1"
  else
    set_activity "$1" "$2" || fail "$1: could not be made $2"
  fi
} >/dev/null 2>&1

verb_for() { if [ "$1" = active ]; then echo start; else echo stop; fi; }

# activity_is UNIT active|inactive: a unit that is just starting may count as either.
activity_is() {
  case $(x systemctl is-active "$1" 2>/dev/null) in
    active | reloading) [ "$2" = active ] ;;
    activating) : ;;
    *) [ "$2" = inactive ] ;;
  esac
}

# set_activity UNIT active|inactive: systemd itself kills after 90 seconds what hangs on stop.
set_activity() {
  if [ "$(x systemctl is-active "$1" 2>/dev/null)" != activating ] && activity_is "$1" "$2"; then return 0; fi
  within 100 systemctl "$(verb_for "$2")" "$1"
  if [ "$2" = inactive ] && ! activity_is "$1" inactive; then within 20 systemctl kill --signal=KILL "$1"; fi
  activity_is "$1" "$2"
}

# ---- links

mask_of() {
  if [ "$(readlink "$root/etc/systemd/system/$1")" = /dev/null ]; then echo masked; else echo unmasked; fi
}

# listed LINK LINKS
listed() { case $newline$2$newline in *"$newline$1$newline"*) : ;; *) return 1 ;; esac }

# each_link FUNCTION LINKS [OTHERS]: calls it with path, target, line and OTHERS for each link; fails when one call does.
each_link() {
  each_status=0
  old_ifs=$IFS
  IFS=$newline
  set -f
  for link in $2; do
    IFS=$old_ifs
    "$1" "$root${link%% -> *}" "${link#* -> }" "$link" "${3:-}" || each_status=1
  done
  IFS=$old_ifs
  set +f
  return "$each_status"
}

link_is() { [ "$(readlink "$1")" = "$2" ]; }
link_is_no_more() { listed "$3" "$4" || { [ ! -L "$1" ] && [ ! -e "$1" ]; }; }
make_link() { link_is "$1" "$2" || { folders "${1%/*}" && rm -f "$1" && ln -s "$2" "$1"; }; }
remove_link() { listed "$3" "$4" || rm -f "$1"; }

# links_are LINKS OTHERS: all of the first are there, and none that only the second names.
links_are() { each_link link_is "$1" && each_link link_is_no_more "$2" "$1"; }

# no_other_links UNIT LINKS: nothing else in /etc wants or requires it.
no_other_links() {
  for link in "$root"/etc/systemd/system/*.wants/"$1" "$root"/etc/systemd/system/*.requires/"$1"; do
    [ -L "$link" ] || continue
    listed "${link#"$root"} -> $(readlink "$link")" "$2" || return 1
  done
}

# set_links UNIT LINKS OTHERS MASK: exactly the first, none that only the second names, masked or not.
set_links() {
  each_link remove_link "$3" "$2" || return 1
  mask=$root/etc/systemd/system/$1
  if [ "$4" = unmasked ] && [ "$(mask_of "$1")" = masked ]; then rm -f "$mask" || return 1; fi
  each_link make_link "$2" || return 1
  if [ "$4" = masked ] && [ "$(mask_of "$1")" = unmasked ]; then
    # a unit file of the administrator's own in that place is not ours to remove
    [ ! -e "$mask" ] && folders "${mask%/*}" && ln -s /dev/null "$mask" || return 1
  fi
  links_are "$2" "$3" && [ "$(mask_of "$1")" = "$4" ]
}
