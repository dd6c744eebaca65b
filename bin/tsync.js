#!/usr/bin/env node
// The launcher: the right Node or a clear message, nothing else. Old syntax, no dependency, so that any Node can read it.
'use strict';

var path = require('path');
var fs = require('fs');
var whoElseMayWrite = require('./trusted-place.cjs').whoElseMayWrite;

var top = path.join(__dirname, '..');
var main = path.join(top, 'dist', 'cli', 'main.js');
var modules = path.join(top, 'node_modules');
var pinned = path.join(modules, 'node-' + process.platform + '-' + process.arch, 'bin', 'node');
var unsafe = firstUnsafe([__filename, main, modules, pinned]);

if (unsafe) {
  stop(
    'tsync does not run from a place that others may change: ' + unsafe.path + ': ' + unsafe.reason +
      '. Let root or this account own it, and let nobody else write it (chmod go-w).'
  );
} else if (!fs.existsSync(main)) {
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

function firstUnsafe(files) {
  return files.reduce(function (found, file) {
    return found || whoElseMayWrite(file, 'mine');
  }, null);
}

// Compiled code is kept between runs in a folder of the operator's own: never in /tmp or here, where others could plant some.
// Without such a folder tsync starts a little slower.
function useCompileCache() {
  var home = absolute(process.env.XDG_CACHE_HOME) || (absolute(process.env.HOME) && path.join(process.env.HOME, '.cache'));
  var enable = require('module').enableCompileCache;
  if (!home || !enable) return;
  try {
    var own = path.join(home, 'tsync');
    var folder = path.join(own, 'compiled');
    fs.mkdirSync(own, { recursive: true, mode: 448 });
    if (whoElseMayWrite(home, 'mine') || !makePrivate(own) || !makePrivate(folder)) return;
    enable(fs.realpathSync(folder));
  } catch (error) {
    // No room, no permission, a file in the way: nothing that a run depends on.
  }
}

// 0700 whatever the umask. What lies in a folder that others could write was perhaps made by them: it is put aside, not taken away,
// because they may still be at work in it.
function makePrivate(folder) {
  var stat = fs.existsSync(folder) ? fs.lstatSync(folder) : null;
  if (stat && (!stat.isDirectory() || stat.uid !== process.geteuid())) return false;
  if (stat && stat.mode & 18) fs.renameSync(folder, folder + '.writable-by-others-' + Date.now());
  fs.mkdirSync(folder, { recursive: true, mode: 448 });
  if (fs.lstatSync(folder).mode & 63) fs.chmodSync(folder, 448);
  return whoElseMayWrite(folder, 'mine') === null;
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
