#!/bin/sh
# Builds the screen beside the tree and shows it on a made-up run: test/tui/drive.sh [HOSTS]. STEP_MS, NO_COLOR, ASCII, FRAMES: see drive.ts.
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
build=${TSYNC_DRIVE:-$(mktemp -d)}
if [ ! -e "$build/test" ]; then
  sed 's|"#\*": "./dist/\*"|"#*": "./src/*"|' "$tree/package.json" > "$build/package.json"
  ln -s "$tree/node_modules" "$build/node_modules"
  printf '{"extends":"%s/tsconfig.test.json","compilerOptions":{"noEmit":false,"outDir":"%s","rootDir":"%s","paths":{"#*":["%s/src/*"]},"typeRoots":["%s/node_modules/@types"]},"include":["%s/src/tui","%s/test/tui/drive.ts"],"exclude":[]}' \
    "$tree" "$build" "$tree" "$tree" "$tree" "$tree" "$tree" > "$build/tsconfig.json"
  "$tree/node_modules/.bin/tsc" -p "$build/tsconfig.json" || echo "types are not right; trying it all the same" >&2
fi
NODE_ENV=production exec "$tree/node_modules/.bin/node" "$build/test/tui/drive.js" "$@"
