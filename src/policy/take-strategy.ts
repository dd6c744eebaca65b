import type { DaemonConfig } from '#config/daemon-config.js';
import type { Facts } from '#facts/facts.js';
import { type CloudChoice, findMix } from '#platforms/cloud-servers.js';
import { type HostClock, isFollowed } from '#platforms/host-clocks.js';
import type { Settings, Strategy } from '#settings/settings.js';
import { hasConfiguredServers, serversAfter } from './decide-servers.js';
import type { TakenStrategy } from './policy.js';
import type { PtpOffer } from './ptp-offer.js';
import { STRATEGY_ROWS, type StrategyRow } from './strategies.js';

export interface Taken {
  readonly strategy: TakenStrategy;
  readonly row: StrategyRow;
  /** The server of the cloud, where the strategy leaves open which servers. */
  readonly cloud: CloudChoice | null;
  /** A refclock that the image brought is good without `prefer`: nobody asked for an order. */
  readonly acceptsUnpreferred: boolean;
  /** Why the host cannot have what was asked for, when nothing nearer may be taken; null otherwise. */
  readonly refused: string | null;
}

type Concrete = Exclude<Strategy, 'auto'>;

/** What the choice looks at. */
export interface Situation {
  readonly settings: Settings;
  readonly facts: Facts;
  readonly offer: PtpOffer;
  readonly config: DaemonConfig;
  /** The server of the cloud, where it may be taken. */
  readonly cloud: CloudChoice | null;
  /** Whether sources that smear leap seconds may stand beside others: a waived `sources/smear`. */
  readonly mayMix: boolean;
}

/** Decides which strategy a host gets. */
export function takeStrategy(situation: Situation): Taken {
  const { settings } = situation;
  const asked = settings.strategy;
  if (asked === 'auto') return takeAuto(situation);
  const missing = whatIsMissing(asked, situation);
  if (missing === null) return taken(situation, asked, asked, 'It was asked for.', STRATEGY_ROWS[asked]);
  if (settings.degrade === 'refuse') {
    return { ...taken(situation, asked, asked, missing, STRATEGY_ROWS[asked]), refused: missing };
  }
  return degrade(situation, asked, missing);
}

function takeAuto(situation: Situation): Taken {
  const { name, why } = chooseAuto(situation);
  const row = name === 'host+ntp' ? ({ ...LEFT, servers: 'playbook' } as const) : STRATEGY_ROWS[name];
  return { ...taken(situation, 'auto', name, why, row), acceptsUnpreferred: true };
}

function chooseAuto(situation: Situation): { readonly name: Concrete; readonly why: string } {
  const { facts, offer, config } = situation;
  const ntp = whichServers(situation);
  if (!offer.usable) return { name: 'host+ntp', why: `${offer.reason} ${ntp}` };
  if (facts.cloud.value === 'azure') return chooseOnAzure(situation);
  const { clock } = offer;
  if (!clock.trusted) {
    if (clock.link !== '/dev/ptp_hyperv' && isFollowed(config, clock)) {
      return { name: 'host+ntp', why: `It follows ${clock.title} already, and that stays. ${ntp}` };
    }
    return {
      name: 'monitor',
      why:
        clock.link === '/dev/ptp_hyperv'
          ? 'Its host is not known to be Azure: its PTP clock is watched and compared before it is trusted.'
          : `Nobody can tell from inside what its host follows: ${clock.title} is watched and compared before it is trusted.`,
    };
  }
  const mix = mixOf(STRATEGY_ROWS['ptp+ntp'], clock, situation);
  if (mix !== null) return { name: 'host+ntp', why: `${mix} ${ntp}` };
  return hasServers(situation)
    ? { name: 'ptp+ntp', why: `It has ${clock.title}, and NTP servers.` }
    : { name: 'host+ptp', why: `It has ${clock.title}, and no NTP server is configured.` };
}

function whichServers({ settings, cloud }: Situation): string {
  if (settings.ntpServers.length > 0) return 'NTP comes from the servers of the playbook.';
  if (cloud !== null) return `NTP comes from the server of its cloud, ${cloud.cloud.server.address}.`;
  return 'NTP stays as it is configured.';
}

function chooseOnAzure(situation: Situation): { readonly name: Concrete; readonly why: string } {
  return hasServers(situation)
    ? { name: 'ptp+ntp', why: 'This is Azure with a PTP clock and NTP servers.' }
    : { name: 'host+ptp', why: 'This is Azure with a PTP clock, and no NTP server is configured.' };
}

/** NTP servers are named in the playbook, configured, or given by the cloud. */
function hasServers({ settings, config, cloud }: Situation): boolean {
  return settings.ntpServers.length > 0 || cloud !== null || hasConfiguredServers(config);
}

/** Why the host cannot have the strategy, or null when it can. */
function whatIsMissing(asked: Concrete, situation: Situation): string | null {
  const { facts, offer } = situation;
  if (asked === 'host-only') {
    const { parameters } = facts.hyperv;
    if (parameters.value?.timesync_implicit !== undefined) return null;
    if (isElsewhere(facts)) return 'This is no VM on Hyper-V, whose driver alone could keep the clock right.';
    if (parameters.value === null)
      return `Whether the driver hv_utils can keep the clock right alone is not known: ${parameters.reason}.`;
    return 'The driver hv_utils of this kernel sets the clock only at boot and resume: it cannot keep it right alone.';
  }
  if (!needsPtp(asked)) return null;
  return offer.usable ? mixOf(STRATEGY_ROWS[asked], offer.clock, situation) : offer.reason;
}

/** Watching is not following: a clock that is only compared may smear or not. */
function mixOf({ phc, servers }: StrategyRow, clock: HostClock, situation: Situation): string | null {
  if (phc === 'watched' || situation.mayMix) return null;
  const cloud = servers === 'playbook' ? situation.cloud : null;
  return findMix(serversAfter(situation.config, servers, situation.settings, cloud), clock, situation.facts);
}

/** Known to be no guest of Hyper-V; false also where it is not known. */
function isElsewhere({ cloud, virtualization }: Facts): boolean {
  return cloud.value !== 'azure' && virtualization.value !== null && virtualization.value !== 'hyperv';
}

function degrade(situation: Situation, asked: Concrete, missing: string): Taken {
  const nearest = STRATEGY_ROWS[asked].nearest;
  if (nearest === null) return { ...taken(situation, asked, asked, missing, STRATEGY_ROWS[asked]), refused: missing };
  const further = whatIsMissing(nearest, situation);
  if (further !== null) return withAsked(asked, degrade(situation, nearest, `${missing} ${further}`));
  // The pieces for a PTP clock that may come back stay: they do nothing while it is missing.
  const isGone = !needsPtp(nearest) && !situation.offer.usable;
  const row = isGone ? { ...STRATEGY_ROWS[nearest], phc: 'left' as const } : STRATEGY_ROWS[nearest];
  return taken(situation, asked, nearest, `${missing} ${nearest} comes nearest.`, row);
}

function withAsked(asked: Concrete, result: Taken): Taken {
  return { ...result, strategy: { ...result.strategy, asked } };
}

function needsPtp(strategy: Concrete): boolean {
  const { phc } = STRATEGY_ROWS[strategy];
  return phc !== 'removed' && phc !== 'left';
}

/** NTP as it is configured, on a host that has no Hyper-V clock to decide about; its own refclock may be what it follows. */
const LEFT: StrategyRow = { phc: 'left', servers: 'kept', nearest: null, selected: { refclock: true, server: true } };

function taken(situation: Situation, asked: string, name: Concrete, reason: string, row: StrategyRow): Taken {
  return {
    strategy: { asked, taken: name, reason },
    row: adaptRow(situation.settings, name, row),
    cloud: row.servers === 'playbook' ? situation.cloud : null,
    acceptsUnpreferred: false,
    refused: null,
  };
}

/** Fills in what the row leaves to the settings: which servers, and `prefer: ntp`. */
function adaptRow(settings: Settings, name: Concrete, row: StrategyRow): StrategyRow {
  const servers = row.servers === 'playbook' && settings.ntpServers.length === 0 ? 'kept' : row.servers;
  if (name !== 'ptp+ntp' || settings.prefer === 'ptp' || row.phc !== 'first') return { ...row, servers };
  return { ...row, servers, phc: 'beside', selected: { refclock: false, server: true } };
}
