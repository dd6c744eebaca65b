/** The one table of what can go wrong: fixed summary and what to do next, by code `area/what`. Keep each area sorted. */
export const catalog = {
  'apply/cut-off': {
    summary: 'the apply program ended without its last word',
    hint: "The host's own record decides; tsync asks for it over a new connection.",
  },
  'apply/image-record': {
    summary: 'what was left open in the image cannot be taken back',
    hint: 'Look at /var/lib/tsync in the tree. Where nobody needs it, remove that folder by hand, or start from a fresh image.',
  },
  'apply/locked': {
    summary: 'another transaction is not finished on this host',
    hint: 'See whose it is and how long its guard still runs, or settle it: tsync guard INVENTORY.',
  },
  'apply/not-begun': {
    summary: 'nothing could be begun on this host',
    hint: 'Make /var/lib/tsync writable for root and look whether the time services can be controlled, then run again.',
  },
  'apply/stale': {
    summary: 'the host is no longer as the plan was made of',
    hint: 'Run again: a new plan is made of what is there now.',
  },
  'apply/step-failed': {
    summary: 'a change failed and everything was taken back',
    hint: 'Look at the detail and at `journalctl -t tsync` on the host, then run again.',
  },
  'apply/undo-failed': {
    summary: 'taking the changes back failed',
    hint: 'Log in to the host: /var/lib/tsync/tx holds the backups, the journal and the undo program.',
  },
  'apply/volatile': {
    summary: 'a reboot within the time of the guard would not take the changes back',
    hint: 'Keep /var/lib/tsync and what is to be changed on file systems that both last, or both do not: a mount, or a link from one to the other.',
  },
  'checks/daemon-unknown': {
    summary: 'the daemon could not be asked',
    hint: 'Run with root rights (become): chronyc needs them where cmdport is 0, and OpenNTPD answers root only.',
  },
  'checks/offset-itself': {
    summary: 'the clock could not be measured against another one',
    hint: 'Run tsync from another machine to measure this one.',
  },
  'checks/offset-uncertain': {
    summary: 'the clock could not be measured exactly enough',
    hint: 'Measure again over a faster connection, or set a wider limit.',
  },
  'checks/offset-unknown': {
    summary: 'the clock was not measured',
    hint: 'Run again: the exchanges with the host did not come through.',
  },
  'checks/unsynchronised': {
    summary: 'the daemon follows no source',
    hint: 'See chronyc sources on the host: reach 0 means that no answer comes from any source.',
  },
  'demo/folder': {
    summary: 'the demo cannot keep its hosts there',
    hint: 'Name another folder: an empty one, or one that does not exist yet.',
  },
  'guard/refused': {
    summary: 'the host did not do that to its transaction',
    hint: 'See how it stands now: tsync guard INVENTORY.',
  },
  'guard/unreadable': {
    summary: 'the transactions of this host could not be read',
    hint: 'They are for root only: run with root rights (become), or look into /var/lib/tsync on the host.',
  },
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
  'inventory/other-kind': {
    summary: 'the inventory is none that tsync reads',
    hint: 'tsync reads YAML. `ansible-inventory -i FILE --list --yaml > inventory.yaml` makes it of every kind that Ansible reads.',
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
  'packages/differ': {
    summary: 'the packages that would come or go are not those that were approved',
    hint: 'Run again: what the host would do now is shown anew.',
  },
  'packages/failed': {
    summary: 'packages could not be installed or removed',
    hint: 'Look at /var/lib/tsync/packages on the host, where the log lies; the next run tells what is left and finishes it.',
  },
  'packages/image': {
    summary: 'no package can be installed on this kind of system in place',
    hint: 'Bring the package with the image, or take a strategy that the daemon of the image can do.',
  },
  'packages/no-manager': {
    summary: 'it is not known how packages are installed on this host',
    hint: 'Install chrony by hand, then run again.',
  },
  'packages/no-preview': {
    summary: 'the host could not say what installing would bring',
    hint: 'Make its repositories reachable, or install the package by other means, then run again.',
  },
  'packages/not-approved': {
    summary: 'packages must be installed or removed first, and that was not approved',
    hint: 'Run again with --yes --packages, or review it on the screen.',
  },
  'packages/unfinished': {
    summary: 'an installation of packages was broken off on this host',
    hint: 'Let tsync finish it (tsync run --packages), or finish it by hand (Debian, Ubuntu: dpkg --configure -a).',
  },
  'plan/changed-since': {
    summary: 'somebody changed this after the run',
    hint: 'Look at what was changed; take it back by hand, or make a new plan.',
  },
  'plan/file-shape': {
    summary: 'the plan file is not valid',
    hint: 'Make it again with tsync plan -o FILE.',
  },
  'plan/file-tampered': {
    summary: 'the plan file was changed after it was made',
    hint: 'An approval binds to the exact plan: make it again with tsync plan -o FILE.',
  },
  'plan/inputs-changed': {
    summary: 'the plan was made from another inventory or playbook',
    hint: 'Make a new plan: tsync plan INVENTORY -o FILE. To use the inventory as it is now, name it with --inventory.',
  },
  'plan/not-made-here': {
    summary: 'this account did not make the plan',
    hint: 'Give the sha256 that tsync plan printed when it was made: tsync apply FILE --sha256 HEX.',
  },
  'plan/stale': {
    summary: 'the host is not as the plan saw it',
    hint: 'Make a new plan: tsync plan INVENTORY -o FILE.',
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
  'policy/config-unknown': {
    summary: "chrony's configuration is not known as a whole",
    hint: 'Let tsync read it: with root rights (become), as regular files of a usual size.',
  },
  'policy/daemon-unknown': {
    summary: 'how chronyd was started is not known',
    hint: 'Look at the unit: systemctl status chronyd chrony.',
  },
  'policy/config-rejected': {
    summary: 'chronyd does not take the configuration that is there',
    hint: 'Mend that line (chronyd -p tells whether all is well then), or waive chrony/config-accepted, then run again.',
  },
  'policy/edit-refused': {
    summary: 'a file of the configuration cannot be edited',
    hint: 'Change it where it is made, or make it a regular file below /etc.',
  },
  'policy/no-clock-control': {
    summary: 'chronyd does not set the clock on this host',
    hint: 'Remove -x from its options; where that is meant (a container), waive the rule chrony/no-clock-control.',
  },
  'policy/place-refused': {
    summary: 'a file would be written where not root alone may write',
    hint: 'tsync writes as root only where root alone can write: give the folder to root (chown root, chmod go-w), or put the file elsewhere.',
  },
  'policy/reboot-unguarded': {
    summary: "a reboot within the guard's time would leave the changes in place",
    hint: 'Where that is accepted, waive the rule guard/boot with the reason.',
  },
  'policy/no-source': {
    summary: 'the strategy would leave the host without any source of time',
    hint: 'Name NTP servers in the playbook under ntp_servers.',
  },
  'policy/not-read': {
    summary: 'what the rule looks at could not be read',
    hint: 'Run with root rights (become).',
  },
  'policy/open-transaction': {
    summary: 'an earlier change on this host is not settled yet',
    hint: 'See whose it is and how long its guard still runs, or settle it: tsync guard INVENTORY.',
  },
  'policy/out-of-scope': {
    summary: 'tsync cannot set the time of this host',
    hint: 'See docs/strategies.md for the hosts that it can set.',
  },
  'policy/owned-elsewhere': {
    summary: 'another tool writes this file',
    hint: 'Change it in that tool, or set take_ownership: true.',
  },
  'policy/protected': {
    summary: 'a file or unit that would change is protected',
    hint: 'Take it out of protected in the playbook, or change it by hand.',
  },
  'policy/ptp-unknown': {
    summary: 'the PTP clocks of the host are not known',
    hint: 'Run tsync facts on this host to see what could not be read.',
  },
  'policy/resource-conflict': {
    summary: 'the playbook asks for what its own strategy sets otherwise',
    hint: 'Take the entry out of resources, or ask for it by the settings of the strategy.',
  },
  'policy/resource-refused': {
    summary: 'a resource of the playbook cannot be had on this host',
    hint: 'Correct the entry under resources, or leave this host out of the play.',
  },
  'policy/step-too-large': {
    summary: 'the change could step the clock by more than max_step',
    hint: 'Set a larger max_step for this host, or correct its clock by hand first.',
  },
  'policy/strategy-impossible': {
    summary: 'the host cannot have the strategy that was asked for',
    hint: 'Choose another strategy for this host, or set degrade: allow.',
  },
  'preflight/no-answer': {
    summary: 'none of the new servers answers this host',
    hint: 'Open UDP port 123 towards them, or name other servers; --no-preflight tries anyway.',
  },
  'privilege/account': {
    summary: 'the account may not use sudo now',
    hint: "It is locked or has expired on this host, or PAM refuses it there. Look into the host's authentication log.",
  },
  'privilege/failed': {
    summary: 'root could not be become',
    hint: 'Run the same sudo command by hand on the host; its message is shown above.',
  },
  'privilege/no-sh': {
    summary: 'sudo finds no sh on the host',
    hint: 'Its PATH leaves it out: put /bin into secure_path in sudoers, or connect as root.',
  },
  'privilege/no-sudo': {
    summary: 'there is no sudo on the host',
    hint: 'Install sudo there, or connect as root (ansible_user: root).',
  },
  'privilege/not-in-sudoers': {
    summary: 'sudo does not allow this user to become root',
    hint: 'Allow the user in sudoers: it must be allowed to run sh. Or connect as another user.',
  },
  'privilege/not-tried': {
    summary: 'the sudo password was not tried here',
    hint: 'Another host refused it, and accounts lock after a few wrong ones. Run again with the right password.',
  },
  'privilege/password-needed': {
    summary: 'sudo wants a password',
    hint: 'Run with -K to be asked for it, or allow this user sudo without a password (NOPASSWD) for sh.',
  },
  'privilege/requiretty': {
    summary: 'sudo works only on a terminal there (requiretty)',
    hint: 'Put "Defaults:USER !requiretty" for this user into sudoers, or connect as root.',
  },
  'privilege/timeout': {
    summary: 'sudo did not answer in time',
    hint: 'Often sudo waits for a directory or a name server that does not answer, or a start file of the login shell never ends. Try sudo -n true on the host.',
  },
  'privilege/unknown-user': {
    summary: 'the user to become does not exist there',
    hint: 'See become_user (ansible_become_user) in the inventory; root needs none.',
  },
  'privilege/wrong-password': {
    summary: 'sudo did not accept the password',
    hint: 'It was tried once, and on no other host. Run again with the right password.',
  },
  'probe/cut-off': {
    summary: 'the probe was cut off',
    hint: "Run again; when it stays so, look at the host's memory, process limits and sshd log. In sudoers, NOEXEC lets sh start no command.",
  },
  'resources/file-unknown': {
    summary: 'a file is not known as it is',
    hint: 'Run with root rights (become), so that it can be read.',
  },
  'resources/parameter-unknown': {
    summary: 'a module parameter is not known as it is',
    hint: 'Look at /sys/module on the host.',
  },
  'resources/service-unknown': {
    summary: 'a unit is not known as it is',
    hint: 'Look at it with systemctl status.',
  },
  'rollback/changed-since': {
    summary: 'somebody changed this since',
    hint: 'Look at the difference; what is theirs is not overwritten.',
  },
  'resume/nothing': {
    summary: 'there is nothing to go on with',
    hint: 'See the runs with tsync history, and what one did with tsync show RUN.',
  },
  'resume/running': {
    summary: 'that run has not ended',
    hint: 'Wait for it, or interrupt it where it runs.',
  },
  'rollout/outside-window': {
    summary: 'the maintenance window is closed, so nothing was changed',
    hint: 'Run it again, or apply the saved plan, while the window of the playbook is open.',
  },
  'rollout/stopped': {
    summary: 'too many hosts failed, so no further host was changed',
    hint: 'Look at those that failed; then run again, with --resume-wave to begin with a later wave.',
  },
  'rollback/nothing': {
    summary: 'there is nothing to take back',
    hint: 'tsync history lists the runs that changed something.',
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
  'source/open-to-others': {
    summary: 'everybody may write what tsync is to obey',
    hint: 'Take that right away (chmod o-w), or move the file to a folder of your own.',
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
  'store/open-to-others': {
    summary: 'others may write where the store is',
    hint: 'Let the folders on the way belong to root or to you, writable by nobody else, or set XDG_STATE_HOME to such a folder.',
  },
  'transport/auth-failed': {
    summary: 'the host did not accept the login',
    hint: 'Check the user name and the key (ansible_user, ansible_ssh_private_key_file); ssh -v shows what the host wants. Old hosts that know RSA keys only with SHA-1 need legacy: true.',
  },
  'transport/closed-early': {
    summary: 'the connection was closed before the login was over',
    hint: 'sshd closes it when too many come at once (MaxStartups), after too many keys (MaxAuthTries: name one by ansible_ssh_private_key_file), or when the account may not log in. Its log on the host says which.',
  },
  'transport/connection-lost': {
    summary: 'the connection broke',
    hint: 'What was changed before is reverted by the guard on the host, unless it had been confirmed.',
  },
  'transport/dns': {
    summary: 'the name cannot be resolved',
    hint: 'Check the spelling, or give the address as ansible_host.',
  },
  'transport/exec-refused': {
    summary: 'the host refused to run a command',
    hint: 'sshd there may limit sessions (MaxSessions), or the account its processes and open files (limits.conf, ulimit). Its log on the host says which.',
  },
  'transport/flood': {
    summary: 'the host kept this machine busy without end',
    hint: 'No SSH server does that by itself: see what answers on that port. Nothing of it was believed, and the other hosts went on.',
  },
  'transport/handshake': {
    summary: 'the SSH handshake failed',
    hint: 'A host that knows only old algorithms (SHA-1, CBC, group exchange) needs legacy: true in its connection settings. docs/ssh.md names what is offered to it; its sshd log tells more.',
  },
  'transport/forged': {
    summary: 'the host printed what no program of tsync prints',
    hint: 'Somebody on the host, or something between, speaks for the program that tsync runs there. Look at who is logged in and what runs on it before you trust what it says. What is not confirmed there is taken back by its guard.',
  },
  'transport/host-certificate': {
    summary: 'the host is known by a certificate authority only',
    hint: "The built-in SSH checks no host certificates. Add the host's own key to known_hosts, or give it as host_key.",
  },
  'transport/host-key-changed': {
    summary: 'the host has another key than the one known',
    hint: 'Someone may be in between, or the machine was rebuilt. When you know that it was, remove the old key (ssh-keygen -R) and add the new one.',
  },
  'transport/host-key-revoked': {
    summary: 'the host key is revoked',
    hint: 'known_hosts says that this key must not be trusted any more. Give the host a new key.',
  },
  'transport/host-key-unknown': {
    summary: 'the host key is not known',
    hint: 'Compare the fingerprint with the one that the machine printed at its first boot. Then add it to known_hosts, give it as host_key, or accept new keys with --accept-new.',
  },
  'transport/input-taken': {
    summary: 'something on the host read what tsync sent to it',
    hint: 'A start file of the login shell (.bashrc, .cshrc, /etc/profile.d) reads its input; let it do so on a terminal only: [ -t 0 ].',
  },
  'transport/interrupted': {
    summary: 'the connection was dropped by the operator',
    hint: 'What is not confirmed there is reverted by the guard on the host.',
  },
  'transport/known-hosts': {
    summary: 'the known_hosts file cannot be used',
    hint: 'Check who owns the file and whether it can be read; a new key is accepted only when it can also be kept.',
  },
  'transport/login-not-tried': {
    summary: 'the login password was not tried here',
    hint: 'Another host refused it, and accounts lock after a few wrong ones. Run again with the right password.',
  },
  'transport/no-key': {
    summary: 'there is nothing to log in with',
    hint: 'Start an agent and add a key (ssh-add), or name a key file (ansible_ssh_private_key_file).',
  },
  'transport/no-shell': {
    summary: 'no shell answered',
    hint: 'ssh HOST true must work for this user. See its login shell and start files (.bashrc, .cshrc), ForceCommand in sshd_config and command= in authorized_keys.',
  },
  'transport/no-tree': {
    summary: 'there is no image to work on',
    hint: 'Mount the image, and name the folder in which its /etc lies as root.',
  },
  'transport/password-expired': {
    summary: 'the account must change its password before it may do anything',
    hint: 'Log in by hand as this user and change it, or let the passwords of accounts that log in by key not expire (chage -M -1 USER).',
  },
  'transport/refused': {
    summary: 'the host refused the connection',
    hint: 'No SSH server listens on that port, or a firewall rejects it. Check ansible_host and ansible_port.',
  },
  'transport/silent': {
    summary: 'the host stopped answering',
    hint: 'The program there hangs, or the network does; or a start file of the login shell reads the input, which is for tsync. tsync went on with the other hosts.',
  },
  'transport/timeout': {
    summary: 'the host did not answer in time',
    hint: 'Check that the machine runs and that no firewall drops packets on the way.',
  },
  'transport/too-much-output': {
    summary: 'the host printed more than a conversation may have',
    hint: "Something there prints without end; look into the shell's start files of the user on the host.",
  },
  'transport/unreachable': {
    summary: 'there is no way to the host',
    hint: 'Check the network, the VPN or the address.',
  },
  'usage/hosts-gone': {
    summary: 'the inventory does not have the hosts that are meant',
    hint: 'Name the inventory of then with --inventory, or the hosts to go on with by --limit.',
  },
  'usage/inventory-gone': {
    summary: 'the inventory was read from standard input then',
    hint: 'Keep it in a file, and name that with --inventory.',
  },
  'usage/interrupted': {
    summary: 'interrupted before anything was contacted',
    hint: 'Nothing was done.',
  },
  'usage/invalid': {
    summary: 'the command line is not valid',
    hint: 'See tsync --help.',
  },
  'usage/no-home': {
    summary: 'there is no home folder',
    hint: 'Set HOME to a folder of your own.',
  },
  'usage/no-hosts': {
    summary: 'no host is left',
    hint: 'Check --limit, and the hosts of each play.',
  },
  'usage/no-terminal': {
    summary: 'there is no terminal to ask on',
    hint: 'Run on a terminal; a password can come with --become-password-file, an agreement with --yes.',
  },
  'usage/one-of': {
    summary: 'the command line does not fit together',
    hint: 'See the help of this command: tsync COMMAND --help.',
  },
  'usage/secret-unreadable': {
    summary: 'a password file cannot be read',
    hint: 'Check its name and owner.',
  },
  'usage/unwritable': {
    summary: 'a file cannot be written',
    hint: 'Check the folder and its permissions.',
  },
  'verify/cut-off': {
    summary: 'the verification was cut off',
    hint: "The host's own record decides; tsync asks for it over a new connection.",
  },
  'verify/guard-unknown': {
    summary: 'how the transaction ended is not known',
    hint: 'Log in to the host: /var/lib/tsync/tx/*/state says confirmed or reverted; tsync run settles it otherwise.',
  },
  'verify/not-proved': {
    summary: 'the change could not be proved and was taken back',
    hint: 'The reason says what was missing; the host is as it was before.',
  },
  'verify/reverted-by-guard': {
    summary: 'the host took the changes back by itself',
    hint: 'It was not confirmed in time; look at the network between here and the host, or raise rollout.confirm_timeout.',
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
