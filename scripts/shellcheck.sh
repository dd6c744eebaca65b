#!/bin/sh
# Every program that runs on a host, and our own scripts, through shellcheck (Debian package of that name).
set -eu
cd "$(dirname "$0")/.."
if ! command -v shellcheck >/dev/null 2>&1; then
  echo 'shellcheck is not installed: apt-get install shellcheck' >&2
  exit 1
fi
git ls-files -z -- '*.sh' '.ci/run' | xargs -0 shellcheck
# The files of a program share their variables, so none of them alone can tell what is never set or never used: all together can.
{
  # what transaction_meta and package_data set, which are generated, and the bootstrap
  echo "p='' host='' guard_seconds='' plan_digest='' manager='' goal='' hold='' finish='' of=''"
  echo "install_names='' apk_words='' rpm_words='' zypper_words=''"
  git ls-files -z -- 'src/*.sh' ':!src/demo' ':!src/transport' | xargs -0 cat | sed '/^# shellcheck /d'
} | shellcheck -s sh -e SC2015,SC2086,SC2119,SC2120 -
echo 'shellcheck: clean'
