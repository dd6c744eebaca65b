# shellcheck shell=sh
# Packages: asks the host's package manager what it would do, and on the word `make` lets it do that. Functions only.
# A package program is conversation.sh + transaction/*.sh (lock, log) + this + transaction_meta and package_data (generated).
# shellcheck disable=SC2154 # base, root, newline ...: conversation.sh, src/transaction; who, manager, goal ...: generated
# shellcheck disable=SC2034 # limit is for x
# shellcheck disable=SC2086 # words of names and versions, which hold no blank and no pattern

# tsync_packages NONCE LENGTH PARAMETERS: with the goal `preview` it only asks; with `make` it takes the lock first, finishes what
# was broken off, and refreshes apt's lists. Then it prints the sections of the simulation, and answers `make` and `bye`.
tsync_packages() {
  read_parameters "$@"
  transaction_meta
  package_data
  failure='' me='' lists='' work='' purge='' made=no
  trap '' HUP PIPE
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1
  watchdog 1500
  case $manager in apt) command=apt-get ;; *) command=$manager ;; esac
  if ! locate "$transaction" || ! locate_work; then
    step packages 'failed:no such name of work, or /var/lib/tsync is not a folder of which root alone writes every part'
  elif [ -n "$root" ] && [ -z "$bin" ]; then
    # The manager is the running system's, and would work on that.
    step packages 'failed:packages of a mounted tree are not touched'
  elif ! has "$command"; then
    step packages "failed:there is no $command"
  elif [ "$goal" = preview ] || begin_work; then
    kept_words
    simulate
    answer_packages
  fi
  end_work
  unwatch
  done_frame
}

answer_packages() {
  idle
  while IFS= read -r request; do
    case $request in
      make) if [ -n "$work" ]; then make_packages; fi ;;
      bye) break ;;
    esac
    idle
  done
}

# ---- the manager's command lines

# manage HOW: all requests, as `simulate` (a section each) or `make` (into the log); fails with the first that fails.
manage() {
  case $manager:$1 in
    apt:simulate) run_manager "$1" all apt-get -s --no-install-recommends $purge $lists install $apt_words ;;
    apt:make)
      run_manager "$1" all apt-get -y -q --allow-downgrades -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=60 --no-install-recommends $purge install $apt_words
      ;;
    zypper:simulate)
      run_manager "$1" all zypper --xmlout --non-interactive install --dry-run --no-recommends $zypper_words
      ;;
    zypper:make) run_manager "$1" all zypper --non-interactive install --no-confirm --no-recommends $zypper_words ;;
    apk:simulate) both "$1" 'apk add -s' "$apk_words" 'apk del -s' ;;
    apk:make) both "$1" 'apk add' "$apk_words" 'apk del' ;;
    *:simulate) both "$1" "$manager --assumeno install" "$rpm_words" "$manager --assumeno remove" ;;
    *:make) both "$1" "$manager -y install" "$rpm_words" "$manager -y remove" ;;
  esac
}

# both HOW INSTALL WORDS REMOVE: two command lines where the manager cannot do both in one.
both() {
  if [ -n "$3" ]; then run_manager "$1" install $2 $3 || return; fi
  if [ -n "$remove_words" ]; then run_manager "$1" remove $4 $remove_words || return; fi
}

run_manager() {
  how=$1 part=$2
  shift 2
  if [ "$how" = simulate ]; then
    limit=120
    section "preview:$part" "$@"
  else
    limit=900
    x "$@" >>"$work/log" 2>&1
  fi
  set -- "$?"
  limit=10
  return "$1"
}

# kept_words: what an earlier work kept for its undo takes the place of a version that the repositories may have lost; files
# of a package's configuration go with it only where none of it was there before.
kept_words() {
  words=''
  for word in $apt_words; do
    name=${word%%=*}
    case $word in
      *=*) for file in "$base"/packages/*/kept/"$name"_*.deb; do if is_version "$file" "${word#*=}"; then word=$file; fi; done ;;
      *-) if is_new "${word%-}"; then purge=--purge; fi ;;
    esac
    words="$words $word"
  done
  apt_words=$words
}

# is_version FILE VERSION: apt writes a colon as %3a.
is_version() {
  [ -f "$1" ] && case $1 in *_"$(put "$2" | sed 's/:/%3a/g')"_*) : ;; *) false ;; esac
}

is_new() { cat "$base"/packages/*/new 2>/dev/null | grep -q -x -F "$1"; }

# ---- what would be done

# simulate: where apt does not know a package, its lists may be old or missing: then with fresh ones in a folder of our own, so
# that looking changes nothing of the host's.
simulate() {
  if [ "$goal" = preview ] && [ "$manager" = apt ] && ! within 60 apt-get -s install $apt_words >/dev/null 2>&1 &&
    mkdir -p "$base/lists.$$/partial" && chmod 700 "$base"; then
    lists="-o Dir::State::Lists=$base/lists.$$"
    within 120 apt-get -q $lists update >/dev/null 2>&1
  fi
  manage simulate
  if [ "$manager" = apt ]; then
    for going in $(going_by_apt | cut -d= -f1); do section "madison:$going" apt-cache $lists madison "$going"; done
  fi
  [ -z "$lists" ] || rm -rf "$base/lists.$$"
  lists=''
}

# going_by_apt: NAME=VERSION of each installed package that would go or be replaced, at most 20.
going_by_apt() {
  within 60 apt-get -s --no-install-recommends $lists install $apt_words 2>/dev/null |
    sed -n 's/^\(Remv\|Purg\|Inst\) \([a-z0-9][a-z0-9+.-]*\) \[\([^] ]*\)\].*/\2=\3/p' | head -n 20
}

# ---- the work

# locate_work: the folder of this work, and of all, is no link, and root alone writes it.
locate_work() {
  [ ! -L "$base/packages" ] && only_root "/var/lib/tsync/packages/$transaction" && [ ! -L "$base/packages/$transaction" ]
}

# begin_work: lock and mark first; then what was broken off is finished.
begin_work() {
  if ! mkdir -p "$base/tx" "$base/packages" || ! chmod 700 "$base" "$base/tx" "$base/packages"; then
    step prepare 'failed:/var/lib/tsync cannot be written'
    return 1
  fi 2>/dev/null
  holder_who='' holder_when='' holder_id=''
  if ! take_lock apply 0; then
    step lock "held:$holder_who,$holder_when,$holder_id"
    return 1
  fi
  no_open_transaction || return 1
  work=$base/packages/$transaction
  if ! mkdir "$work" "$work/kept" || ! printf '%s\n' "id=$transaction" "run=$run" "who=$who" "host=$host" \
    "started=$started_at" "version=$version" >"$work/meta" || ! : >"$work/begun" || ! flush "$work"; then
    work=''
    step prepare 'failed:/var/lib/tsync cannot be written'
    return 1
  fi 2>/dev/null
  note_units
  hold_daemons
  if [ "$manager" = apt ]; then
    if [ "$finish" = yes ]; then
      within 600 dpkg --configure -a >>"$work/log" 2>&1
      step finish "status $?"
    fi
    within 300 apt-get -q update >>"$work/log" 2>&1 || :
  fi
}

# make_packages: keeps what will go, then installs and removes, then puts the daemons of before into their state.
make_packages() {
  note "packages: $install_names${remove_words:+ without $remove_words}"
  if [ "$manager" = apt ]; then
    # shellcheck disable=SC2016 # dpkg-query's own
    for name in $install_names; do
      case $(x dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null) in ?[A-Zci]*) ;; *) echo "$name" >>"$work/new" ;; esac
    done
    for going in $(going_by_apt); do
      (cd "$work/kept" && within 120 apt-get -q download "$going") >>"$work/log" 2>&1 || :
    done
  fi
  made=yes
  step packages begin
  manage make
  status=$?
  release_daemons
  restore_units
  if [ "$status" = 0 ] && [ -z "$failure" ]; then
    flush "$work"
    rm -f "$base"/packages/*/begun
    forget_old_work 10
    note 'packages: done'
    step packages "done"
  else
    reason=$(tail -n 30 "$work/log" 2>/dev/null | grep -E '^(E:|Error|error|dpkg: error|No |Problem)' | tail -n 1 | head -c 300)
    note "packages: failed: ${failure:-$reason}"
    step packages "failed:${failure:-${reason:-status $status}}"
  fi
}

# forget_old_work NUMBER: the newest NUMBER stay, with what they kept for their undo; names begin with the time.
forget_old_work() {
  surplus=$((0 - $1))
  for old in "$base"/packages/*/; do surplus=$((surplus + 1)); done
  for old in "$base"/packages/*/; do
    [ "$surplus" -gt 0 ] || return 0
    old=${old%/}
    if is_transaction_id "${old##*/}" && [ ! -L "$old" ]; then rm -rf "$old"; fi
    surplus=$((surplus - 1))
  done
}

# end_work: where nothing was made, nothing is left to finish but what was there before.
end_work() {
  if [ -n "$work" ]; then
    release_daemons
    if [ "$made" = no ]; then rm -f "$work/begun"; fi
  fi
  release_lock
}

# ---- daemons around it

TIME_UNITS='systemd-timesyncd.service ntp.service ntpd.service ntpsec.service openntpd.service chrony.service chronyd.service'

# note_units: which time daemons run and start at boot, for the undo.
note_units() {
  on_systemd || return 0
  for unit in $TIME_UNITS; do
    printf '%s %s %s\n' "$unit" "$(x systemctl is-active "$unit" 2>/dev/null)" "$(x systemctl is-enabled "$unit" 2>/dev/null)"
  done >"$work/units"
}

# restore_units: in an undo, the daemons that ran before the work that is taken back run again, and start at boot as before.
restore_units() {
  case $of in '' | .* | *[!A-Za-z0-9.-]*) return 0 ;; esac
  [ -f "$base/packages/$of/units" ] || return 0
  while read -r unit was enabled; do
    case $enabled in
      enabled) within 30 systemctl enable "$unit" ;;
      disabled) within 30 systemctl disable "$unit" ;;
    esac
    if [ "$was" = active ]; then
      within 60 systemctl start "$unit" || fail "$unit does not run as before"
    fi
  done <"$base/packages/$of/units" >/dev/null 2>&1
}

# hold_daemons: a fresh daemon would start with its distribution's servers before ours are there. A mask in /run holds it back,
# and no boot keeps that.
hold_daemons() {
  [ "$hold" = yes ] && on_systemd || return 0
  for unit in chrony.service chronyd.service; do
    [ "$(x systemctl show -p LoadState "$unit" 2>/dev/null)" = LoadState=not-found ] || continue
    echo "$unit" >>"$work/held"
    within 20 systemctl mask --runtime "$unit"
  done >/dev/null 2>&1
}

release_daemons() {
  for held in "$base"/packages/*/held; do
    [ -f "$held" ] || continue
    while read -r unit; do within 20 systemctl unmask --runtime "$unit"; done <"$held"
    rm -f "$held"
  done >/dev/null 2>&1
}
