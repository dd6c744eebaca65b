# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Entries: what transaction_data lists, in its order: changes, then actions.

# because RULE [UNIT]: why the next change is made, and what the user's own playbook wants restarted for it.
because() { entry_because=$1 entry_restart=${2:-}; }

# entry KIND NAME ARGUMENTS: calls PHASE_KIND for the entry that is wanted. Going forward, the first failure ends it.
entry() {
  number=$((number + 1))
  if [ "$wanted" != all ]; then
    [ "$wanted" = "$number" ] || return 0
  elif [ -n "$failure" ]; then
    return 0
  fi
  entry_kind=$1 entry_name=$2
  shift 2
  case $phase in
    make) make_entry "$@" ;;
    restore | refresh | run)
      # what did not begin is not undone; but at boot a module may have its parameter from a file that did
      if began "$entry_name" || [ "$mode:$entry_kind" = boot:parameter ]; then take_back_entry "$@"; fi
      ;;
    *) "${phase}_$entry_kind" "$@" ;;
  esac
}

make_entry() {
  if ! journal "$entry_name" begin || ! persist "$tx/journal"; then
    fail "$entry_name: the journal cannot be written"
    return
  fi
  note "$entry_name"
  if "make_$entry_kind" "$@"; then
    journal "$entry_name" "done" || fail "$entry_name: the journal cannot be written"
  fi
  if [ -n "$failure" ]; then
    journal "$entry_name" "failed"
    step "$entry_name" "failed:$failure"
  else
    step "$entry_name" "done"
  fi
}

take_back_entry() {
  "${phase}_$entry_kind" "$@"
  if [ "$phase" = restore ] && [ "$entry_kind" != action ]; then step "$entry_name" "${failure:+failed:}${failure:-restored}"; fi
}

# forward PHASE: every entry until one fails; sets failure and, where it failed, entry_name.
forward() {
  phase=$1 wanted=all number=0 failure=''
  transaction_data
  [ -z "$failure" ]
}

# backward PHASE: every entry, last first, whatever fails; failures are collected in failures.
backward() {
  wanted=0 number=0 failure=''
  transaction_data
  backward_number=$number
  while [ "$backward_number" -gt 0 ]; do
    phase=$1 wanted=$backward_number number=0 failure=''
    transaction_data
    if [ -n "$failure" ]; then failures="$failures${failures:+; }$failure"; fi
    backward_number=$((backward_number - 1))
  done
}
