/** The one table of what can go wrong: fixed summary and what to do next, by code `area/what`. Keep each area sorted. */
export const catalog = {
  'apply/cut-off': {
    summary: 'the apply program ended before it reported a result',
    hint: "tsync reads the transaction's record on the host over a new connection; that record decides.",
  },
  'apply/image-record': {
    summary: 'an unfinished change in the image cannot be taken back',
    hint: 'Look at /var/lib/tsync in the tree. If nobody needs it, remove that folder by hand, or start from a fresh image.',
  },
  'apply/locked': {
    summary: 'another change on this host is not finished',
    hint: 'tsync guard INVENTORY shows who made it and when its guard fires, and can confirm or revert it.',
  },
  'apply/not-begun': {
    summary: 'tsync could not start a change on this host',
    hint: 'Make /var/lib/tsync writable for root, check that systemctl or service works there, then run again.',
  },
  'apply/stale': {
    summary: 'the host has changed since the plan was made',
    hint: 'Run again to plan from the current state.',
  },
  'apply/step-failed': {
    summary: 'a change failed and everything was taken back',
    hint: 'Read the detail and `journalctl -t tsync` on the host, then run again.',
  },
  'apply/undo-failed': {
    summary: 'taking the changes back failed',
    hint: 'Log in to the host: /var/lib/tsync/tx holds the backups, the journal and the undo program.',
  },
  'apply/volatile': {
    summary: 'a reboot before the confirmation would not take the changes back',
    hint: 'Put /var/lib/tsync and the files to change on one file system (by a mount or a link), so that a reboot keeps all of them or none.',
  },
  'checks/daemon-unknown': {
    summary: 'tsync could not query the time daemon',
    hint: 'Run with root rights (become): chronyc needs them where cmdport is 0, and OpenNTPD answers root only.',
  },
  'checks/offset-itself': {
    summary: 'tsync cannot measure the clock of the machine it runs on',
    hint: 'Run tsync from another machine to measure this one.',
  },
  'checks/offset-uncertain': {
    summary: 'the measurement of the clock is too uncertain',
    hint: 'Measure again over a faster connection, or set a wider limit.',
  },
  'checks/offset-unknown': {
    summary: 'the clock was not measured',
    hint: 'The timestamp exchanges with the host failed. Run again.',
  },
  'checks/unsynchronised': {
    summary: 'the daemon follows no source',
    hint: 'Run chronyc sources on the host; reach 0 means that a source has not answered its last eight requests.',
  },
  'demo/folder': {
    summary: 'the demo cannot use this folder',
    hint: 'Give an empty folder, or one that does not exist yet.',
  },
  'guard/refused': {
    summary: 'the host refused to confirm, revert or extend its transaction',
    hint: 'tsync guard INVENTORY shows its current state.',
  },
  'guard/unreadable': {
    summary: 'the transactions of this host could not be read',
    hint: 'Only root can read them: run with root rights (become), or look into /var/lib/tsync on the host.',
  },
  'internal/bug': {
    summary: 'tsync itself failed',
    hint: 'Report this with the command you ran. tsync did nothing further.',
  },
  'inventory/empty': {
    summary: 'the inventory is empty',
    hint: 'Write at least one group with hosts: `all: {hosts: {web1: {}}}`; see docs/user/inventory.md.',
  },
  'inventory/group-cycle': {
    summary: 'groups contain each other',
    hint: 'Take one of the groups out of the children of the other.',
  },
  'inventory/name': {
    summary: 'a name in the inventory is not valid',
    hint: 'A name has letters, digits and _ . @ + -, and begins with a letter, a digit or _. Put a name that YAML reads as a number or as true or false in quotes.',
  },
  'inventory/no-match': {
    summary: 'no host matches',
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
    summary: 'tsync cannot read this kind of inventory',
    hint: 'tsync reads YAML. `ansible-inventory -i FILE --list --yaml > inventory.yaml` converts every kind that Ansible reads.',
  },
  'inventory/shape': {
    summary: 'the inventory has the wrong shape',
    hint: 'A group has hosts, children and vars, each a mapping; see docs/user/inventory.md.',
  },
  'inventory/template': {
    summary: 'a variable cannot be substituted',
    hint: 'tsync replaces only a plain {{ variable }}. Write the value itself, or mark text that is not a template with !unsafe.',
  },
  'inventory/too-many-hosts': {
    summary: 'the inventory is too large',
    hint: 'Divide it into several files.',
  },
  'inventory/unknown-key': {
    summary: 'unknown key',
    hint: 'Hosts stand below `hosts:`, groups below `children:`, variables below `vars:`.',
  },
  'inventory/unknown-variable': {
    summary: 'a variable is probably misspelled',
    hint: 'Correct the name; docs/user/inventory.md lists the variables that tsync reads.',
  },
  'inventory/unsupported': {
    summary: 'the inventory asks for something that tsync does not support',
    hint: 'Set another value for these hosts, or exclude them with --limit.',
  },
  'inventory/wrong-type': {
    summary: 'a variable has the wrong type',
    hint: 'docs/user/inventory.md lists the variables and their types.',
  },
  'packages/differ': {
    summary: 'the package manager would now make other changes than the approved ones',
    hint: 'Run again and review the new list.',
    stage: 'decision',
  },
  'packages/failed': {
    summary: 'packages could not be installed or removed',
    hint: 'Read the log in /var/lib/tsync/packages on the host. The next run shows what is unfinished and can finish it.',
  },
  'packages/image': {
    summary: 'this kind of system cannot install packages while it runs',
    hint: 'Build the package into the image, or choose a strategy that the daemon of the image supports.',
    stage: 'decision',
  },
  'packages/no-manager': {
    summary: 'tsync does not know the package manager of this host',
    hint: 'Install chrony by hand, then run again.',
    stage: 'decision',
  },
  'packages/no-preview': {
    summary: 'the package manager could not preview the installation',
    hint: 'Make its repositories reachable, or install the package yourself, then run again.',
  },
  'packages/not-approved': {
    summary: 'packages must be installed or removed first, and nobody approved that',
    hint: 'Run again with --yes --packages, or review it on the screen.',
  },
  'packages/unfinished': {
    summary: 'an installation of packages was interrupted on this host',
    hint: 'Let tsync finish it (tsync run --packages), or finish it by hand (Debian, Ubuntu: dpkg --configure -a).',
    stage: 'decision',
  },
  'plan/changed-since': {
    summary: 'somebody changed this after the run',
    hint: 'Look at the difference. Undo it by hand, or make a new plan.',
  },
  'plan/file-shape': {
    summary: 'the plan file is not valid',
    hint: 'Make it again with tsync plan -o FILE.',
  },
  'plan/file-tampered': {
    summary: 'the plan file was changed after it was made',
    hint: 'An approval is for the exact plan. Make the plan again with tsync plan -o FILE.',
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
    summary: 'the host has changed since the plan was saved',
    hint: 'Make a new plan: tsync plan INVENTORY -o FILE.',
  },
  'playbook/guard-too-short': {
    summary: 'the guard would fire before the verification ends',
    hint: 'Set rollout.confirm_timeout to more than rollout.settle_timeout plus 30 s.',
  },
  'playbook/invalid-value': {
    summary: 'a setting has a wrong value',
    hint: 'docs/user/playbook.md lists the settings and their values.',
  },
  'playbook/shape': {
    summary: 'the playbook has the wrong shape',
    hint: 'A playbook is a list of plays, each with hosts; see docs/user/playbook.md.',
  },
  'playbook/two-plays': {
    summary: 'a host is in two plays',
    hint: 'Narrow the hosts of one play, for example with `:!group`.',
  },
  'playbook/unknown-key': {
    summary: 'unknown setting',
    hint: 'docs/user/playbook.md lists the settings.',
  },
  'policy/config-unknown': {
    summary: "tsync could not read all of chrony's configuration",
    hint: 'Run with root rights (become). tsync reads regular files of at most 64 KiB.',
  },
  'policy/daemon-unknown': {
    summary: 'tsync could not tell how chronyd is started',
    hint: 'Run systemctl status chronyd chrony on the host.',
  },
  'policy/config-rejected': {
    summary: 'chronyd rejects its present configuration',
    hint: 'Correct that line and check with chronyd -p, or waive chrony/config-accepted, then run again.',
    stage: 'decision',
  },
  'policy/edit-refused': {
    summary: 'tsync cannot edit a configuration file',
    hint: 'Change the file that it comes from, or make it a regular file below /etc.',
    stage: 'decision',
  },
  'policy/no-clock-control': {
    summary: 'chronyd does not set the clock on this host',
    hint: 'Remove -x from its options. If that is intended (a container), waive the rule chrony/no-clock-control.',
    stage: 'decision',
  },
  'policy/place-refused': {
    summary: 'a file would be written in a place that others can write to',
    hint: 'As root, tsync writes only where root alone can write. Give the folder to root (chown root, chmod go-w), or choose another place.',
    stage: 'decision',
  },
  'policy/reboot-unguarded': {
    summary: 'a reboot before the confirmation would leave the changes in place',
    hint: 'To accept that, waive the rule guard/boot and give the reason.',
  },
  'policy/no-source': {
    summary: 'the strategy would leave the host without a time source',
    hint: 'Name NTP servers in the playbook under ntp_servers.',
    stage: 'decision',
  },
  'policy/not-read': {
    summary: 'tsync could not read what this rule checks',
    hint: 'Run with root rights (become).',
  },
  'policy/open-transaction': {
    summary: 'an earlier change on this host is neither confirmed nor reverted',
    hint: 'tsync guard INVENTORY shows who made it and when its guard fires, and can confirm or revert it.',
    stage: 'decision',
  },
  'policy/out-of-scope': {
    summary: 'tsync cannot set the time of this host',
    hint: 'docs/user/strategies.md lists the supported hosts.',
    stage: 'decision',
  },
  'policy/owned-elsewhere': {
    summary: 'another tool writes this file',
    hint: 'Change it in that tool, or set take_ownership: true.',
    stage: 'decision',
  },
  'policy/protected': {
    summary: 'a file or unit that would change is protected',
    hint: 'Remove it from `protected` in the playbook, or change it by hand.',
    stage: 'decision',
  },
  'policy/ptp-unknown': {
    summary: 'tsync could not read the PTP clocks of the host',
    hint: 'Run tsync facts on this host to see what could not be read.',
  },
  'policy/resource-conflict': {
    summary: 'a resource of the playbook contradicts its strategy',
    hint: 'Remove the entry from resources, or use the settings of the strategy.',
    stage: 'decision',
  },
  'policy/resource-refused': {
    summary: 'a resource of the playbook is not possible on this host',
    hint: 'Correct the entry under resources, or leave this host out of the play.',
    stage: 'decision',
  },
  'policy/step-too-large': {
    summary: 'the change could step the clock by more than max_step',
    hint: 'Set a larger max_step for this host, or correct its clock by hand first.',
    stage: 'decision',
  },
  'policy/strategy-impossible': {
    summary: 'the requested strategy is not possible on this host',
    hint: 'Choose another strategy for this host, or set degrade: allow.',
    stage: 'decision',
  },
  'policy/untrusted-config': {
    summary: 'a daemon reads files that users other than root can write',
    hint: 'Give them to root (chown root, chmod go-w), or remove them from its configuration.',
    stage: 'decision',
  },
  'preflight/no-answer': {
    summary: 'none of the new servers answers this host',
    hint: 'Open UDP port 123 to them, or name other servers. --no-preflight skips this check.',
  },
  'privilege/account': {
    summary: 'the account is locked, expired, or refused by PAM',
    hint: "The host's authentication log says which of these it is.",
  },
  'privilege/failed': {
    summary: 'sudo could not start a root shell',
    hint: 'Run the same sudo command by hand on the host; its message is shown above.',
  },
  'privilege/no-sh': {
    summary: 'sudo does not find sh on the host',
    hint: 'Add /bin to secure_path in sudoers, or connect as root.',
  },
  'privilege/no-sudo': {
    summary: 'there is no sudo on the host',
    hint: 'Install sudo there, or connect as root (ansible_user: root).',
  },
  'privilege/not-in-sudoers': {
    summary: 'sudo does not allow this user to become root',
    hint: 'Allow the user to run sh in sudoers, or connect as another user.',
  },
  'privilege/not-tried': {
    summary: 'tsync did not try the sudo password here',
    hint: 'Another host refused it, and accounts lock after a few wrong passwords. Run again with the right one.',
  },
  'privilege/password-needed': {
    summary: 'sudo asks for a password',
    hint: 'Run with -K, or allow this user to run sh without a password (NOPASSWD).',
  },
  'privilege/requiretty': {
    summary: 'sudo requires a terminal (requiretty)',
    hint: 'Put "Defaults:USER !requiretty" for this user into sudoers, or connect as root.',
  },
  'privilege/timeout': {
    summary: 'sudo did not answer in time',
    hint: 'Often sudo waits for an LDAP or DNS server that does not answer, or a start file of the login shell never ends. Try sudo -n true on the host.',
  },
  'privilege/unknown-user': {
    summary: 'the user to become does not exist on the host',
    hint: 'Correct become_user (ansible_become_user) in the inventory, or remove it to become root.',
  },
  'privilege/wrong-password': {
    summary: 'sudo did not accept the password',
    hint: 'tsync tried it once, and tries it on no other host. Run again with the right password.',
  },
  'probe/cut-off': {
    summary: 'the probe was cut off',
    hint: "Run again. If it happens again, look at the host's memory, process limits and sshd log. NOEXEC in sudoers stops sh from running commands.",
  },
  'resources/file-unknown': {
    summary: 'tsync could not read a file',
    hint: 'Run with root rights (become).',
  },
  'resources/parameter-unknown': {
    summary: 'tsync could not read a module parameter',
    hint: 'Look at /sys/module on the host.',
  },
  'resources/service-unknown': {
    summary: 'tsync could not read the state of a unit',
    hint: 'Run systemctl status for it on the host.',
  },
  'rollback/changed-since': {
    summary: 'somebody has changed this since the run',
    hint: 'Look at the difference. tsync does not overwrite it.',
    stage: 'decision',
  },
  'resume/nothing': {
    summary: 'there is nothing to resume',
    hint: 'tsync history lists the runs; tsync show RUN shows one.',
  },
  'resume/running': {
    summary: 'that run is still running',
    hint: 'Wait for it, or interrupt it where it runs.',
  },
  'rollout/outside-window': {
    summary: 'the maintenance window is closed, so nothing was changed',
    hint: 'Run again, or apply the saved plan, while the window is open.',
  },
  'rollout/stopped': {
    summary: 'too many hosts failed, so no further host was changed',
    hint: 'Look at the failed hosts, then run again; --resume-wave starts at a later wave.',
  },
  'rollback/nothing': {
    summary: 'there is nothing to take back',
    hint: 'tsync history lists the runs that changed something.',
  },
  'run/event-unreadable': {
    summary: 'a stored event cannot be read',
    hint: 'It was written by another version of tsync, or the file was damaged. Read the run with the tsync that wrote it.',
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
    summary: 'everybody can write to this file',
    hint: 'tsync does what this file says. Run chmod o-w on it, or move it to a folder of your own.',
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
    summary: 'several runs have an id that begins like this',
    hint: 'Give more characters of the id, as tsync history prints it.',
    stage: 'store',
  },
  'store/busy': {
    summary: 'the store is in use',
    hint: 'Another tsync is writing to it, or somebody is copying it. Try again later.',
    stage: 'store',
  },
  'store/corrupt': {
    summary: 'the store is damaged',
    hint: 'Move the file away together with its -wal and -shm, and keep it; tsync then creates a new store. Each host still has what its own rollback needs.',
    stage: 'store',
  },
  'store/full': {
    summary: 'the store cannot grow: no space left',
    hint: 'Free some space, or set XDG_STATE_HOME to a folder that has some. An audit can run with --no-store.',
    stage: 'store',
  },
  'store/newer': {
    summary: 'the store was written by a newer tsync',
    hint: 'Use that version, or set XDG_STATE_HOME to another folder.',
    stage: 'store',
  },
  'store/no-such-run': {
    summary: 'there is no such run',
    hint: 'tsync history lists the runs.',
    stage: 'store',
  },
  'store/not-readable': {
    summary: 'the store cannot be read',
    hint: 'Check the owner of the folder and the file; only the owner can read them.',
    stage: 'store',
  },
  'store/not-writable': {
    summary: 'the store cannot be written',
    hint: 'Set XDG_STATE_HOME to a folder that you can write to. An audit can run with --no-store; tsync changes nothing without a record.',
    stage: 'store',
  },
  'store/open-to-others': {
    summary: 'others can write to the folder of the store',
    hint: 'Each folder on the path must belong to you or root and be writable by nobody else. Or set XDG_STATE_HOME to such a folder.',
    stage: 'store',
  },
  'transport/auth-failed': {
    summary: 'the host rejected the login',
    hint: 'Check the user name and the key (ansible_user, ansible_ssh_private_key_file); ssh -v shows what the host accepts. Old hosts that accept RSA keys only with SHA-1 need legacy: true.',
    stage: 'connection',
  },
  'transport/closed-early': {
    summary: 'the host closed the connection during the login',
    hint: 'sshd does that when too many connections come at once (MaxStartups), after too many keys (MaxAuthTries: name one key with ansible_ssh_private_key_file), or when the account may not log in. Its log on the host says which.',
    stage: 'connection',
  },
  'transport/connection-lost': {
    summary: 'the connection broke',
    hint: 'The guard on the host reverts changes that were not confirmed.',
    stage: 'connection',
  },
  'transport/dns': {
    summary: 'the host name cannot be resolved',
    hint: 'Check the spelling, or give the address as ansible_host.',
    stage: 'connection',
  },
  'transport/exec-refused': {
    summary: 'the host refused to run a command',
    hint: 'sshd may limit sessions (MaxSessions), or the account may have too few processes or open files (limits.conf, ulimit). The log of sshd says which.',
    stage: 'connection',
  },
  'transport/flood': {
    summary: 'the host sent data without end',
    hint: 'No SSH server does that. Find out what answers on that port. tsync used none of the data and went on with the other hosts.',
    stage: 'connection',
  },
  'transport/handshake': {
    summary: 'the SSH handshake failed',
    hint: 'A host with only old algorithms (SHA-1, CBC, group exchange) needs legacy: true. docs/user/ssh.md lists what tsync offers; the log of sshd tells more.',
    stage: 'connection',
  },
  'transport/forged': {
    summary: 'the answer of the host was forged',
    hint: 'The host printed something that no program of tsync prints: something else on it answers in its place. Before you trust the host, look at who is logged in and what runs there. Its guard reverts changes that were not confirmed.',
    stage: 'connection',
  },
  'transport/host-certificate': {
    summary: 'known_hosts has only a certificate authority for this host',
    hint: "tsync does not check host certificates. Add the host's own key to known_hosts, or give it as host_key.",
    stage: 'connection',
  },
  'transport/host-key-changed': {
    summary: 'the host key has changed',
    hint: 'Somebody may be between you and the host, or the machine was rebuilt. If you know that it was, remove the old key (ssh-keygen -R) and add the new one.',
    stage: 'connection',
  },
  'transport/host-key-revoked': {
    summary: 'the host key is revoked',
    hint: 'known_hosts marks this key as revoked. Give the host a new key.',
    stage: 'connection',
  },
  'transport/host-key-unknown': {
    summary: 'the host key is not known',
    hint: 'Compare the fingerprint with the one that the machine printed at its first boot. Then add the key to known_hosts, give it as host_key, or use --accept-new.',
    stage: 'connection',
  },
  'transport/input-taken': {
    summary: 'a start file on the host read the input meant for tsync',
    hint: 'Look into .bashrc, .cshrc and /etc/profile.d: what reads input there must do so only on a terminal ([ -t 0 ]).',
    stage: 'connection',
  },
  'transport/interrupted': {
    summary: 'you interrupted the connection',
    hint: 'The guard on the host reverts changes that were not confirmed.',
    stage: 'connection',
  },
  'transport/known-hosts': {
    summary: 'tsync cannot use the known_hosts file',
    hint: 'Check its owner and mode. tsync accepts a new key only when it can also save it there.',
    stage: 'connection',
  },
  'transport/login-not-tried': {
    summary: 'tsync did not try the login password here',
    hint: 'Another host refused it, and accounts lock after a few wrong passwords. Run again with the right one.',
    stage: 'connection',
  },
  'transport/no-key': {
    summary: 'there is no key or password to log in with',
    hint: 'Start an agent and add a key (ssh-add), or name a key file (ansible_ssh_private_key_file).',
    stage: 'connection',
  },
  'transport/no-shell': {
    summary: 'no shell answered',
    hint: 'Run ssh HOST true as this user. If it fails, check the login shell, its start files (.bashrc, .cshrc), ForceCommand in sshd_config and command= in authorized_keys.',
    stage: 'connection',
  },
  'transport/no-tree': {
    summary: 'there is no image tree in this folder',
    hint: 'Mount the image, and set `root` in the inventory to the folder that contains its /etc.',
    stage: 'connection',
  },
  'transport/password-expired': {
    summary: 'the password of the account has expired',
    hint: 'Log in as this user and change it, or turn expiry off for an account that logs in by key (chage -M -1 USER).',
    stage: 'connection',
  },
  'transport/refused': {
    summary: 'the host refused the connection',
    hint: 'No SSH server listens on that port, or a firewall rejects it. Check ansible_host and ansible_port.',
    stage: 'connection',
  },
  'transport/silent': {
    summary: 'the host stopped answering',
    hint: 'The program on the host or the network hangs, or a start file of the login shell reads the input. tsync went on with the other hosts.',
    stage: 'connection',
  },
  'transport/timeout': {
    summary: 'the host did not answer in time',
    hint: 'Check that the machine runs and that no firewall drops packets on the way.',
    stage: 'connection',
  },
  'transport/too-much-output': {
    summary: 'the host printed too much',
    hint: "Something prints without end. Look into the start files of the user's login shell.",
    stage: 'connection',
  },
  'transport/unreachable': {
    summary: 'there is no route to the host',
    hint: 'Check the network, the VPN or the address.',
    stage: 'connection',
  },
  'usage/hosts-gone': {
    summary: 'the inventory no longer has these hosts',
    hint: 'Give the earlier inventory with --inventory, or the remaining hosts with --limit.',
  },
  'usage/inventory-gone': {
    summary: 'the inventory of that run came from standard input',
    hint: 'tsync did not keep it. Write it to a file and give that with --inventory.',
  },
  'usage/interrupted': {
    summary: 'interrupted before tsync contacted a host',
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
    summary: 'no hosts remain',
    hint: 'Check --limit, and the hosts of each play.',
  },
  'usage/no-terminal': {
    summary: 'tsync has to ask, and there is no terminal',
    hint: 'Run in a terminal, or give the password with --become-password-file and the approval with --yes.',
  },
  'usage/one-of': {
    summary: 'these options contradict each other',
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
    summary: 'the connection ended during the verification',
    hint: "tsync reads the transaction's record on the host over a new connection; that record decides.",
  },
  'verify/guard-unknown': {
    summary: 'tsync does not know how the change ended',
    hint: 'Log in to the host: /var/lib/tsync/tx/*/state says confirmed or reverted. If it says neither, run tsync again.',
  },
  'verify/not-proved': {
    summary: 'tsync could not prove the change and took it back',
    hint: 'The detail says what was missing. The host is as it was before.',
  },
  'verify/reverted-by-guard': {
    summary: 'the guard on the host took the changes back',
    hint: 'tsync did not confirm them in time. Check the network to the host, or raise rollout.confirm_timeout.',
  },
  'yaml/duplicate-key': {
    summary: 'a key occurs twice',
    hint: 'Remove one of the two. Other YAML readers would silently use the last.',
  },
  'yaml/invalid': {
    summary: 'the YAML is not valid',
    hint: 'Check indentation, colons and quotes at this place.',
  },
  'yaml/too-large': {
    summary: 'the file is too large once its aliases are expanded',
    hint: 'Use fewer nested aliases.',
  },
  'yaml/unknown-tag': {
    summary: 'unknown YAML tag',
    hint: 'Remove the tag, or put the value in quotes.',
  },
  'yaml/vault': {
    summary: 'a value is encrypted with Ansible Vault',
    hint: 'tsync cannot decrypt it. Use --ask-become-pass or an SSH agent, or keep the value in a file of its own.',
  },
} as const satisfies Record<string, CatalogEntry>;

interface CatalogEntry {
  readonly summary: string;
  readonly hint: string;
  /**
   * Where it can only have happened, where something depends on that: on the way to a host, in our own store, or when tsync decided
   * against what it knows.
   */
  readonly stage?: 'connection' | 'store' | 'decision';
}
