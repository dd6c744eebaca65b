// Who else could change what lies at a path: the one answer for the launcher and for everything that tsync loads or keeps.
// Old syntax, no dependency: the launcher asks before it knows which Node this is.
'use strict';

var path = require('path');
var fs = require('fs');

/** As many links as Linux follows. */
var MOST_LINKS = 40;

/**
 * The first thing on the way to `file` (the file, a folder, a link) that is not safe, as { path, reason }; null: all are, or there
 * is nothing at the end of the way yet. Links are followed one by one, so that who may turn one counts too.
 *
 * 'mine':    root and this account alone may write. For what is run, and for what is kept here.
 * 'limited': not everybody may write; another owner or a group is somebody whom the operator chose. For what people write.
 */
exports.whoElseMayWrite = function (file, demand) {
  if (!process.geteuid) return null;
  var steps = path.resolve(file).split(path.sep).filter(Boolean);
  var at = path.sep;
  var above = fs.lstatSync(at);
  var links = 0;
  while (steps.length > 0) {
    var next = path.join(at, steps.shift());
    var stat = lstat(next);
    if (stat === null) return null;
    var reason = whyUnsafe(stat, above, demand);
    if (reason !== null) return { path: next, reason: reason };
    if (stat.isSymbolicLink()) {
      links += 1;
      if (links > MOST_LINKS) return { path: next, reason: 'it is a link that leads nowhere' };
      var target = fs.readlinkSync(next);
      steps = target.split(path.sep).filter(Boolean).concat(steps);
      if (path.isAbsolute(target)) {
        at = path.sep;
        above = fs.lstatSync(at);
      }
    } else {
      at = next;
      above = stat;
    }
  }
  return null;
};

function lstat(file) {
  try {
    return fs.lstatSync(file);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  }
}

function whyUnsafe(stat, above, demand) {
  var mine = isTrusted(stat.uid);
  if (demand === 'mine' && !mine) return 'it belongs to ' + nameOf(stat.uid);
  // Where everybody may make files (/tmp), anybody may have made what another account owns.
  if (!mine && isOpen(above)) return 'it belongs to ' + nameOf(stat.uid) + ', and lies where everybody may make files';
  // A link has no mode of its own; nothing is loaded from a device or a pipe that it holds by itself.
  if (!stat.isFile() && !stat.isDirectory()) return null;
  if (isOpen(stat) && !(stat.isDirectory() && isSticky(stat))) return 'everybody may write it';
  if (demand === 'mine' && stat.mode & 16 && !(stat.isDirectory() && isSticky(stat)) && !isOwnGroup(stat.gid)) {
    return 'its group may write it';
  }
  return null;
}

function isOpen(stat) {
  return (stat.mode & 2) !== 0;
}

/** In such a folder nobody takes away or renames what others own. */
function isSticky(stat) {
  return (stat.mode & 512) !== 0;
}

/** Root, this account, and the one who became root by sudo to run this. */
function isTrusted(uid) {
  return uid === 0 || uid === process.geteuid() || (process.geteuid() === 0 && uid === sudoUser());
}

function sudoUser() {
  return /^[0-9]+$/.test(process.env.SUDO_UID || '') ? Number(process.env.SUDO_UID) : 0;
}

/** Nobody is in it but whom we trust: many distributions give every account a group of its own and an umask of 002. */
function isOwnGroup(gid) {
  var accounts = table('/etc/passwd');
  var group = table('/etc/group').filter(function (fields) {
    return Number(fields[2]) === gid;
  })[0];
  if (!group) return false;
  var members = (group[3] || '').split(',').filter(Boolean);
  return accounts.every(function (fields) {
    var isMember = Number(fields[3]) === gid || members.indexOf(fields[0]) !== -1;
    members = members.filter(function (name) {
      return name !== fields[0];
    });
    return !isMember || isTrusted(Number(fields[2]));
  }) && members.length === 0;
}

function nameOf(uid) {
  var account = table('/etc/passwd').filter(function (fields) {
    return Number(fields[2]) === uid;
  })[0];
  return account ? account[0] : 'user ' + uid;
}

function table(file) {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(function (line) {
      return line.split(':');
    });
  } catch (error) {
    return [];
  }
}
