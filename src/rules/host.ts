import type { Rule } from './rule.js';

/** What tsync needs of a host, and what it left there. */
export const HOST_RULES = [
  {
    id: 'guard/boot',
    severity: 'high',
    sentence: 'A reboot before the confirmation takes the changes back too.',
    broken: 'A reboot before the confirmation would leave the changes in place.',
    applies: 'Where the init is not systemd.',
    source: 'docs/user/safety.md: the guard',
    remedy:
      'To accept that a reboot before the confirmation leaves the changes in place, waive this rule with the reason.',
    condition: null,
  },
  {
    id: 'host/open-transaction',
    severity: 'high',
    sentence: 'No earlier change of tsync waits for its confirmation on the host.',
    broken: 'An earlier change of tsync on this host is neither confirmed nor reverted.',
    applies: 'Where tsync left a transaction.',
    source: 'journal in /var/lib/tsync/tx',
    remedy: 'Wait until its guard has fired, or settle it with tsync guard.',
    condition: null,
  },
  {
    id: 'host/supported',
    severity: 'info',
    sentence:
      'tsync can set the time of this host: it runs chrony, ntpd, ntpsec or systemd-timesyncd on a system where tsync was tried.',
    broken: 'tsync cannot set the time of this host.',
    applies: 'On every host.',
    source: 'docs/user/strategies.md',
    remedy: 'Set the time of this host by other means.',
    condition: null,
  },
  {
    id: 'packages/chrony',
    severity: 'high',
    sentence: 'The package chrony is completely installed.',
    broken: 'The package chrony is missing or only half installed.',
    applies: 'Where the strategy or the setting daemon needs chrony, and where an installation was interrupted.',
    source: 'docs/user/packages.md; chrony.conf(5): refclock PHC, which ntpd and systemd-timesyncd do not have',
    remedy: 'Let tsync install it (tsync run --packages), or install it by other means.',
    condition: null,
  },
  {
    id: 'playbook/resource',
    severity: 'medium',
    sentence: 'The files, services and module parameters that the playbook names are as it says.',
    broken: 'A file, service or module parameter that the playbook names is not as it says.',
    applies: 'Where the playbook names resources of its own.',
    source: 'resources of the playbook, docs/user/playbook.md',
    remedy: 'Let tsync run set it, or remove the entry from resources.',
    awaited: 'resource',
    origin: 'playbook',
    condition: null,
  },
  {
    id: 'strategy/possible',
    severity: 'high',
    sentence: 'The requested strategy is possible on this host.',
    broken: 'The requested strategy is not possible on this host.',
    applies: 'On every host that tsync can set.',
    source: 'docs/user/strategies.md',
    remedy: 'Choose another strategy for this host, or set degrade: allow.',
    condition: null,
  },
] as const satisfies readonly Rule[];
