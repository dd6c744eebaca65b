import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { printable } from '#errors/printable.js';
import { TsyncError } from '#errors/tsync-error.js';
import { whoElseMayWrite } from '#transport/trusted-place.js';
import { MIGRATIONS } from './migrations.js';
import { type Access, storeTrouble } from './store-trouble.js';

/**
 * Opens the file, brings it to this version's schema, and makes sure that it can be written where that is asked for.
 * Reading never creates anything: without a file the answer is an empty database in memory.
 */
export function openDatabase(file: string, access: Access, busyTimeoutMs: number): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    if (access === 'read' && !existsSync(file)) return migrated(new DatabaseSync(':memory:'), ':memory:');
    if (access === 'write') makePrivate(dirname(file));
    refuseOpen(file);
    if (access === 'write') makeFilePrivate(file);
    database = new DatabaseSync(locationOf(file, access), { timeout: busyTimeoutMs, readOnly: access === 'read' });
    if (access === 'read') return readable(database, file, busyTimeoutMs);
    database.exec('pragma journal_mode = wal; pragma synchronous = full;');
    return migrated(database, file);
  } catch (error) {
    if (database?.isOpen) database.close();
    throw storeTrouble(error, file, access);
  }
}

/**
 * SQLite reads a file in WAL mode through a file beside it, which it cannot make in a folder that is read-only. Where no
 * write-ahead log is left, the database file is whole and can be read as one that nobody changes.
 */
function locationOf(file: string, access: Access): string | URL {
  if (access === 'write' || existsSync(`${file}-wal`) || isWritable(dirname(file))) return file;
  const location = pathToFileURL(file);
  location.search = 'immutable=1';
  return location;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** An older store must be brought forward before it is read. */
function readable(database: DatabaseSync, file: string, busyTimeoutMs: number): DatabaseSync {
  if (versionOf(database, file) === MIGRATIONS.length) return database;
  database.close();
  return openDatabase(file, 'write', busyTimeoutMs);
}

/** Does the missing migrations in one transaction; a second process that wants the same waits, and finds them done. */
function migrated(database: DatabaseSync, file: string): DatabaseSync {
  database.exec('begin immediate');
  const version = versionOf(database, file);
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  if (version < MIGRATIONS.length) database.exec(`pragma user_version = ${MIGRATIONS.length}`);
  database.exec('commit');
  return database;
}

function versionOf(database: DatabaseSync, file: string): number {
  const version = Number(database.prepare('pragma user_version').get()?.user_version);
  if (version <= MIGRATIONS.length) return version;
  const detail = `${file} has schema version ${version}; this tsync knows versions up to ${MIGRATIONS.length}.`;
  throw new TsyncError('store/newer', detail, { exitCode: 1 });
}

/** The folder and the file are their owner's only, whatever the umask: plans hold the contents of root's files. */
function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

function makeFilePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

/** What a rollback writes on hosts is read from here: nothing counts that others made, or could exchange. */
function refuseOpen(file: string): void {
  for (const one of [file, `${file}-wal`, `${file}-shm`]) {
    const unsafe = whoElseMayWrite(one, 'mine') ?? linkAt(one);
    if (unsafe === null) continue;
    const detail = `${printable(unsafe.path)}: ${unsafe.reason}.`;
    throw new TsyncError('store/open-to-others', detail, { exitCode: 1 });
  }
}

function linkAt(path: string): { readonly path: string; readonly reason: string } | null {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? { path, reason: 'it is a link' } : null;
}
