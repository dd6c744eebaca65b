import { shellWord } from './next-commands.js';

/** What the units are made of. All paths are absolute; `calendar` is a systemd OnCalendar expression. */
export interface ScheduleOptions {
  readonly inventory: string;
  readonly playbook: string | null;
  /** How tsync is started: `/opt/tsync/bin/tsync.js`, or several words. */
  readonly tsyncCommand: readonly string[];
  /** The account on the bastion whose keys, known_hosts and store are used. */
  readonly user: string;
  /** The home of that account: of all homes, the service sees its `.ssh` and the paths below, and no more. */
  readonly home: string;
  /** What else must be readable: the folder of tsync, that of Node. */
  readonly readPaths: readonly string[];
  readonly calendar: string;
  /** The same as five fields of cron; null leaves the cron line out. */
  readonly cron: string | null;
  /** Further arguments of `tsync audit`, for example `--fail-on high`. */
  readonly auditArguments: readonly string[];
}

/** The files of a schedule and what to do with them; nothing is installed. */
export function scheduleText(options: ScheduleOptions): string {
  const cron = options.cron === null ? [] : ['', CRON_HEAD, cronLine(options)];
  return `${[
    '# /etc/systemd/system/tsync-audit.service',
    serviceUnit(options),
    '# /etc/systemd/system/tsync-audit.timer',
    timerUnit(options),
    INSTALL,
    ...cron,
  ].join('\n')}\n`;
}

/** The hardened service: it may read the inventory and the keys, reach the network, and write its own store. */
export function serviceUnit(options: ScheduleOptions): string {
  const { inventory, playbook, user, home, readPaths } = options;
  const read = [...readPaths, inventory, ...(playbook === null ? [] : [playbook])];
  return `[Unit]
Description=Audit how the hosts of ${unitText(inventory)} keep time
Documentation=man:systemd.exec(5)
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=oneshot
User=${unitText(user)}
ExecStart=${auditCommand(options).map(unitWord).join(' ')}
# The store: /var/lib/tsync-audit/tsync. Read it with XDG_STATE_HOME=/var/lib/tsync-audit tsync history
StateDirectory=tsync-audit
StateDirectoryMode=0700
Environment=XDG_STATE_HOME=/var/lib/tsync-audit
UMask=0077
# An audit that hangs is ended; hosts that do not answer have deadlines of their own.
TimeoutStartSec=1h

# Exit codes. 0 is compliant. 2 (findings), 3 (hosts failed) and 4 (too many unreachable) make the unit "failed", so that
# systemctl --failed and OnFailure= tell it. To be told of tsync's own trouble only (1, 64, 65), uncomment:
#SuccessExitStatus=2 3 4
#OnFailure=your-notification@%n.service

# It needs the network, its inventory and the keys of the account; nothing else.
ProtectSystem=strict
ProtectHome=tmpfs
BindReadOnlyPaths=-${unitPath(`${home}/.ssh`)}
${read.map((path) => `BindReadOnlyPaths=${unitPath(path)}`).join('\n')}
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
# Not MemoryDenyWriteExecute=yes: Node compiles at run time.
`;
}

/** The timer: spread, so that several bastions do not knock at the same second, and made up for after a downtime. */
export function timerUnit({ calendar }: ScheduleOptions): string {
  return `[Unit]
Description=Audit the time of the fleet regularly

[Timer]
OnCalendar=${unitText(calendar)}
RandomizedDelaySec=5min
Persistent=yes

[Install]
WantedBy=timers.target
`;
}

/** One line for /etc/cron.d; the lock on the inventory keeps a slow audit from being overtaken by the next. */
export function cronLine(options: ScheduleOptions): string {
  const command = ['flock', '-n', options.inventory, ...auditCommand(options)];
  return `${options.cron} ${options.user} ${command.map(shellWord).join(' ').replaceAll('%', '\\%')}`;
}

function auditCommand({ tsyncCommand, inventory, playbook, auditArguments }: ScheduleOptions): readonly string[] {
  return [...tsyncCommand, 'audit', inventory, ...(playbook === null ? [] : ['-p', playbook]), ...auditArguments];
}

const INSTALL = `# To install: write both files, then
#   systemctl daemon-reload
#   systemctl enable --now tsync-audit.timer
#   systemctl start tsync-audit.service; journalctl -u tsync-audit.service`;

const CRON_HEAD = '# Or with cron instead, in /etc/cron.d/tsync-audit (cron mails what it prints):';

/** One word of ExecStart=: quoted where it must be; `%` and `$` are systemd's own otherwise. */
function unitWord(word: string): string {
  const text = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A path in a list of paths; a colon would separate source and target. */
function unitPath(path: string): string {
  const text = path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll('"', '\\"');
  return /[\s"']/.test(path) ? `"${text}"` : text;
}

function unitText(text: string): string {
  return text.replaceAll('%', '%%');
}
