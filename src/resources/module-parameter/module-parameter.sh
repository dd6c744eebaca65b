# shellcheck shell=sh
# The verbs for module parameters at run time. A state is "absent" or "=VALUE", as /sys shows it.
# shellcheck disable=SC2154 # root, tx, number, mode: src/transaction

# change_parameter MODULE NAME [state before] [state after]
change_parameter() { entry parameter "module-parameter:$1.$2" "$@"; }

# read_parameter MODULE NAME: sets value to a state.
read_parameter() {
  parameter_file=$root/sys/module/$1/parameters/$2
  case $1$2 in *[!A-Za-z0-9_.-]* | *..*) parameter_file=$root/sys/module/. ;; esac
  if [ ! -e "$parameter_file" ]; then
    value=absent
  elif IFS= read -r value <"$parameter_file" || [ -n "$value" ]; then
    value="=$value"
  else
    value='='
  fi
} 2>/dev/null

parameter_is() {
  value=''
  read_parameter "$1" "$2"
  [ "$value" = "$3" ]
}

# set_parameter MODULE NAME STATE: the kernel may show what was written in its own way, so it is read again.
set_parameter() {
  if parameter_is "$1" "$2" "$3"; then return 0; fi
  case $value$3 in *absent*) return 1 ;; esac
  printf '%s\n' "${3#=}" >"$parameter_file" && parameter_is "$1" "$2" "$3"
} 2>/dev/null

# not_loaded_yet MODULE NAME: at boot the module may come after us; then it takes what the restored files say.
not_loaded_yet() {
  [ "$mode" = boot ] || return 1
  read_parameter "$1" "$2"
  [ "$value" = absent ]
}

check_parameter() {
  parameter_is "$1" "$2" "$3" || not_loaded_yet "$1" "$2" || fail "$1.$2: is not as it was when planned"
}
back_up_parameter() { :; }
make_parameter() { set_parameter "$1" "$2" "$4" || fail "$1.$2: could not be set"; }
restore_parameter() {
  set_parameter "$1" "$2" "$3" || not_loaded_yet "$1" "$2" || fail "$1.$2: could not be restored"
}
# refresh_parameter: at boot once more when all files are restored: in between the module may have come, with what they said.
refresh_parameter() { if [ "$mode" = boot ]; then restore_parameter "$@"; fi; }
run_parameter() { :; }
lasting_parameter() { :; }

tell_parameter() {
  begin_entry module-parameter "$1.$2"
  say "before=$3"
  say "after=$4"
  finish
}
