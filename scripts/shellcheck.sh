#!/bin/sh
# Every program that runs on a host, and our own scripts, through shellcheck (Debian package of that name).
set -eu
cd "$(dirname "$0")/.."
if ! command -v shellcheck >/dev/null 2>&1; then
  echo 'shellcheck is not installed: apt-get install shellcheck' >&2
  exit 1
fi
git ls-files -z -- '*.sh' '.ci/run' | xargs -0 shellcheck
echo 'shellcheck: clean'
