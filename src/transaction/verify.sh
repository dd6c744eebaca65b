# shellcheck shell=sh
# shellcheck disable=SC2015,SC2034,SC2154 # "a && b || fail" is meant so; the files of a program share their variables
# Verification and verdict, one request a line.

# tsync_settle NONCE LENGTH PARAMETERS: verification and verdict, one request a line; see docs/internals/host-programs.md.
tsync_settle() {
  read_parameters "$@"
  who='' run='' started_at='' me=''
  for parameter in "$@"; do
    case $parameter in who=*) who=${parameter#*=} ;; esac
  done
  watchdog "${seconds:-600}"
  idle
  while IFS= read -r request; do
    # shellcheck disable=SC2086 # words
    case $request in
      probe) probe_sections ;;
      list) probe_transactions all ;;
      clock) clock_exchanges ;;
      'confirm '*) step confirm "$(confirm_transaction "${request#* }")" ;;
      'revert '*) revert_transaction "${request#* }" ;;
      'extend '*)
        set -f
        set -- ${request#* } '' ''
        set +f
        step extend "$(extend_transaction "$1" "$2")"
        ;;
      'record '*) tell_record "${request#* }" ;;
      'state '*)
        open_transaction "${request#* }"
        tell_found
        step state "$state"
        ;;
      'tell '*) tell_transaction "${request#* }" ;;
      'clean '*)
        set -f
        set -- ${request#* } ''
        set +f
        step clean "$(clean_transaction "$1" "$2")"
        ;;
      'preflight '*)
        set -f
        set -- ${request#* }
        set +f
        preflight "$@"
        ;;
      bye) break ;;
    esac
    idle
  done
  unwatch
  done_frame
}

# confirm_transaction ID: prints confirmed, or refused with the state. The state comes first, then the guard goes. What was not
# restored because a later transaction was made over it can be confirmed too: there is no other end for it.
confirm_transaction() {
  open_transaction "$1"
  if may_confirm && ! take_lock confirm 20; then
    state=locked
  elif may_confirm; then
    read_state
  fi
  if may_confirm && write_state confirmed; then
    flush "$tx"
    disarm
    note confirmed
    state=confirmed
    forget_image
  fi
  release_lock
  leave_image
  if [ "$state" = confirmed ]; then echo confirmed; else echo "refused:${state:-absent}"; fi
}

may_confirm() {
  case $state in
    applied) ;;
    failed) grep -q ' superseded ' "$tx/journal" ;;
    *) return 1 ;;
  esac
}

# revert_transaction ID: runs the saved program's undo in a process of its own, which outlives this conversation.
revert_transaction() {
  open_transaction "$1"
  # what lies in a tree is not run: tsync sends a program of its own (tsync_take_back)
  if [ -n "$image" ]; then state=image; fi
  case $state in
    image) step revert refused:image ;;
    absent | confirmed) step revert "refused:$state" ;;
    *)
      note 'to be taken back'
      if [ -f "$tx/program.sh" ]; then
        run_saved undo revert 2>/dev/null
      fi
      open_transaction "$1"
      case $state in
        reverted | confirmed) step revert "$state" ;;
        *) step revert "failed:$state" ;;
      esac
      ;;
  esac
}

# extend_transaction ID SECONDS: a new guard first, then the old one goes. Prints extended, or refused with the state.
extend_transaction() {
  open_transaction "$1"
  case $2 in '' | *[!0-9]* | ???????*) state=seconds ;; esac
  case $state in
    armed | applied)
      if ! take_lock extend 20; then state=locked; fi
      ;;
  esac
  if [ "$state" != locked ] && [ "$state" != seconds ]; then open_transaction "$1"; fi
  case $state in
    armed | applied)
      if arm_guard "$2"; then
        stop_guards "$guard"
        note "guard extended to $2 s"
        echo extended
      else
        echo 'refused:guard'
      fi
      ;;
    *) echo "refused:$state" ;;
  esac
  release_lock
}

# preflight SECONDS SERVER...: asks each server once, beside a running chronyd (tried with 4.3).
preflight() {
  case $1 in '' | *[!0-9]* | ???*) return ;; esac
  preflight_seconds=$1
  shift
  limit=$((preflight_seconds + 5))
  for server in "$@"; do
    section "preflight:$server" chronyd -Q -t "$preflight_seconds" "server $server iburst" 'cmdport 0' 'port 0'
  done
  limit=10
}
