/** The one table of what can go wrong: fixed summary and what to do next, by code `area/what`. Keep each area sorted. */
export const catalog = {
  'internal/bug': {
    summary: 'tsync itself failed',
    hint: 'Please report this with the command you ran; nothing further was attempted.',
  },
  'inventory/empty': {
    summary: 'the inventory is empty',
    hint: 'Write at least a group with hosts: `all: {hosts: {web1: {}}}`; see docs/inventory.md.',
  },
  'inventory/group-cycle': {
    summary: 'groups contain each other',
    hint: 'Take one of the groups out of the children of the other.',
  },
  'inventory/name': {
    summary: 'a name in the inventory is not valid',
    hint: 'Names are letters, digits and _ . @ + -, begin with a letter, digit or _, and are text for YAML.',
  },
  'inventory/no-match': {
    summary: 'no host is meant by this',
    hint: 'tsync inventory INVENTORY lists hosts and groups.',
  },
  'inventory/pattern': {
    summary: 'the host pattern is not valid',
    hint: 'Patterns are names, `web*`, `~regex`, `web[0:2]`, joined by `,` or `:`, with `&` for both and `!` for not.',
  },
  'inventory/range': {
    summary: 'a host range is not valid',
    hint: 'Ranges are written web[01:20], db-[a:f] or node[0:10:2]; both ends are included.',
  },
  'inventory/shape': {
    summary: 'the inventory has the wrong shape',
    hint: 'A group has hosts, children and vars, each a mapping; see docs/inventory.md.',
  },
  'inventory/template': {
    summary: 'a variable cannot be substituted',
    hint: 'tsync replaces plain {{ variable }} only. Write the value itself, or mark text that is no template with !unsafe.',
  },
  'inventory/too-many-hosts': {
    summary: 'the inventory is too large',
    hint: 'Divide it into several files.',
  },
  'inventory/unknown-key': {
    summary: 'a key is not known',
    hint: 'Hosts stand below `hosts:`, groups below `children:`, variables below `vars:`.',
  },
  'inventory/unknown-variable': {
    summary: 'a variable is probably misspelled',
    hint: 'Correct the name; docs/inventory.md lists the variables that tsync reads.',
  },
  'inventory/unsupported': {
    summary: 'the inventory asks for what tsync cannot do',
    hint: 'Give these hosts another value, or leave them out with --limit or in an inventory of their own.',
  },
  'inventory/wrong-type': {
    summary: 'a variable has the wrong type',
    hint: 'docs/inventory.md lists the variables and what they take.',
  },
  'playbook/guard-too-short': {
    summary: 'the guard would fire before the verification ends',
    hint: 'Set rollout.confirm_timeout to more than rollout.settle_timeout plus 30 s.',
  },
  'playbook/invalid-value': {
    summary: 'a setting has a wrong value',
    hint: 'docs/playbook.md lists the settings and what they take.',
  },
  'playbook/shape': {
    summary: 'the playbook has the wrong shape',
    hint: 'A playbook is a list of plays, each with hosts; see docs/playbook.md.',
  },
  'playbook/two-plays': {
    summary: 'a host is in two plays',
    hint: 'Narrow the hosts of one play, for example with `:!group`.',
  },
  'playbook/unknown-key': {
    summary: 'a setting is not known',
    hint: 'docs/playbook.md lists the settings.',
  },
  'run/event-unreadable': {
    summary: 'a stored event cannot be read',
    hint: 'It was written by another version of tsync, or the file was damaged. Read the run with the tsync that wrote it.',
  },
  'snapshot/invalid': {
    summary: 'the saved snapshot is not valid',
    hint: 'Save it anew with this version of tsync.',
  },
  'source/missing': {
    summary: 'there is no such file',
    hint: 'Check the path.',
  },
  'source/not-a-file': {
    summary: 'this is not a file',
    hint: 'Give the path of one YAML file, or - for standard input.',
  },
  'source/not-text': {
    summary: 'the file is not text in UTF-8',
    hint: 'Convert it, for example with iconv -t UTF-8.',
  },
  'source/too-large': {
    summary: 'the file is too large',
    hint: 'Divide it into several files.',
  },
  'source/unreadable': {
    summary: 'the file cannot be read',
    hint: 'Check its owner and mode, and those of the folders above it.',
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
  'yaml/duplicate-key': {
    summary: 'a key is given twice',
    hint: 'Keep one of the two; YAML would silently keep only the last.',
  },
  'yaml/invalid': {
    summary: 'the YAML is not valid',
    hint: 'Check indentation, colons and quotes at this place.',
  },
  'yaml/too-large': {
    summary: 'the file grows too large when its aliases are written out',
    hint: 'Use fewer aliases inside aliases.',
  },
  'yaml/unknown-tag': {
    summary: 'a YAML tag is not known',
    hint: 'Remove the tag, or put the value in quotes.',
  },
  'yaml/vault': {
    summary: 'a value is encrypted with Ansible Vault',
    hint: 'Let tsync ask for the password (--ask-become-pass), use an SSH agent, or keep the value in a file of its own.',
  },
} as const satisfies Record<string, { readonly summary: string; readonly hint: string }>;
