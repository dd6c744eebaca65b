import type { Rule } from './rule.js';

/** How systemd-timesyncd is configured. */
export const TIMESYNCD_RULES = [
  {
    id: 'timesyncd/readable',
    severity: 'high',
    sentence: 'tsync can read the whole configuration of systemd-timesyncd.',
    broken: 'tsync cannot read the whole configuration of systemd-timesyncd.',
    applies: 'Where systemd-timesyncd keeps the clock.',
    source: 'tsync decides nothing about a configuration that it does not know as a whole',
    remedy: 'Run with root rights; make its files regular ones.',
    condition: null,
  },
  {
    id: 'timesyncd/steps',
    severity: 'medium',
    sentence: 'systemd-timesyncd steps the clock only where the playbook allows it.',
    broken: 'systemd-timesyncd steps the clock where the playbook does not allow it.',
    applies: 'Where systemd-timesyncd keeps the clock and the playbook names a makestep.',
    source: 'systemd: timesyncd-manager.c, NTP_MAX_ADJUST: a step above 0.4 s, at any time',
    remedy: 'Use chrony (daemon: chrony) where steps must be limited.',
    condition: null,
  },
] as const satisfies readonly Rule[];
