/** The one table of what can go wrong: fixed summary and what to do next, by code `area/what`. Keep each area sorted. */
export const catalog = {
  'internal/bug': {
    summary: 'tsync itself failed',
    hint: 'Please report this with the command you ran; nothing further was attempted.',
  },
  'run/event-unreadable': {
    summary: 'a stored event cannot be read',
    hint: 'It was written by another version of tsync, or the file was damaged. Read the run with the tsync that wrote it.',
  },
  'store/ambiguous-run': {
    summary: 'this is the beginning of several runs',
    hint: 'Give more of the run, as tsync history prints it.',
  },
  'store/busy': {
    summary: 'the store is in use',
    hint: 'Another tsync is writing to it, or a copy of it is being made. Try again when that has ended.',
  },
  'store/corrupt': {
    summary: 'the store is damaged',
    hint: 'Move the file away (with its -wal and -shm) and keep it; tsync then begins a new store. Hosts keep what their own rollback needs.',
  },
  'store/full': {
    summary: 'the store cannot grow: no space left',
    hint: 'Free some space there, or set XDG_STATE_HOME to a folder with space. An audit can go on with --no-store.',
  },
  'store/newer': {
    summary: 'the store was written by a newer tsync',
    hint: 'Use that version of tsync, or set XDG_STATE_HOME to another folder.',
  },
  'store/no-such-run': {
    summary: 'there is no such run',
    hint: 'tsync history lists the runs.',
  },
  'store/not-readable': {
    summary: 'the store cannot be read',
    hint: 'Check who owns the folder and the file; only their owner may read them.',
  },
  'store/not-writable': {
    summary: 'the store cannot be written',
    hint: 'Set XDG_STATE_HOME to a folder that you may write to. An audit can go on with --no-store; a change is never made without a record.',
  },
  'usage/invalid': {
    summary: 'the command line is not valid',
    hint: 'See tsync --help.',
  },
} as const satisfies Record<string, { readonly summary: string; readonly hint: string }>;
