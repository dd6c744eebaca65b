import type { Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { type ConfigReading, type MainConfig, unread } from './daemon-config.js';
import { type ChronyConfig, readChronyConfig } from './read-chrony-config.js';
import { readNtpConfig } from './read-ntp-config.js';
import { readTimesyncdConfig, type TimesyncdConfig } from './read-timesyncd-config.js';

/** The configuration of each time daemon of one host that tsync can read. openntpd's is not among them. */
export interface HostConfig {
  readonly chrony: ConfigReading<ChronyConfig>;
  readonly ntpd: ConfigReading<MainConfig>;
  readonly ntpsec: ConfigReading<MainConfig>;
  readonly timesyncd: ConfigReading<TimesyncdConfig>;
}

/** Reads the configuration of every daemon that is installed; rules and decisions look at this, and at no file. */
export function readConfig(facts: Facts): HostConfig {
  return {
    chrony: readChronyConfig(facts),
    ntpd: readNtp(facts, 'ntpd'),
    ntpsec: readNtp(facts, 'ntpsec'),
    timesyncd: readTimesyncdConfig(facts),
  };
}

function readNtp(facts: Facts, name: 'ntpd' | 'ntpsec'): ConfigReading<MainConfig> {
  const daemon = findDaemon(facts, name);
  return daemon === undefined ? unread(`${name} is not installed.`, false) : readNtpConfig(facts, daemon);
}
