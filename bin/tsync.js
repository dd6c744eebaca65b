#!/usr/bin/env node
// The launcher: the right Node or a clear message, nothing else. Old syntax, no dependency, so that any Node can read it.
'use strict';

var path = require('path');
var fs = require('fs');

var top = path.join(__dirname, '..');
var main = path.join(top, 'dist', 'cli', 'main.js');
var pinned = path.join(top, 'node_modules', 'node', 'bin', 'node');

if (!fs.existsSync(main)) {
  stop('tsync is not built: run `npm ci` (or `npm run build`) in ' + top);
} else if (isNewEnough(process.versions.node)) {
  useCompileCache();
  import(main);
} else if (process.execPath !== pinned && fs.existsSync(pinned)) {
  runPinned();
} else {
  stop(
    'tsync needs Node 22.18 or newer; this is Node ' + process.versions.node + '. Run `npm ci` in ' + top +
      ', which brings the pinned one, or install a newer Node.'
  );
}

function isNewEnough(version) {
  var parts = version.split('.');
  return Number(parts[0]) > 22 || (Number(parts[0]) === 22 && Number(parts[1]) >= 18);
}

// Compiled code is kept between runs in a folder of the operator's own: never in /tmp or here, where others could plant some.
function useCompileCache() {
  var home = absolute(process.env.XDG_CACHE_HOME) || (absolute(process.env.HOME) && path.join(process.env.HOME, '.cache'));
  var enable = require('module').enableCompileCache;
  if (home && enable) enable(path.join(home, 'tsync', 'compiled'));
}

// A relative path would be one of the folder where tsync is called.
function absolute(folder) {
  return folder && path.isAbsolute(folder) ? folder : null;
}

// The terminal sends Ctrl-C to both processes: this one only waits. Other signals are passed on.
function runPinned() {
  var child = require('child_process').spawn(pinned, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  process.on('SIGINT', function () {});
  ['SIGTERM', 'SIGHUP', 'SIGQUIT'].forEach(function (name) {
    process.on(name, function () {
      child.kill(name);
    });
  });
  child.on('error', function (error) {
    stop('the pinned Node could not be started: ' + error.message);
  });
  child.on('exit', function (code, signal) {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else {
      process.exit(code);
    }
  });
}

function stop(message) {
  process.stderr.write(message + '\n');
  process.exit(69);
}
