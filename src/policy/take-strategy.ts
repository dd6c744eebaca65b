import type { Facts } from '#facts/facts.js';
import type { TakenStrategy } from './policy.js';
import type { PtpOffer } from './ptp-offer.js';
import type { Settings, Strategy } from './settings.js';
import { STRATEGY_ROWS, type StrategyRow } from './strategies.js';

export interface Taken {
  readonly strategy: TakenStrategy;
  readonly row: StrategyRow;
  /** A refclock that the image brought is good without `prefer`: nobody asked for an order. */
  readonly acceptsUnpreferred: boolean;
  /** Why the host cannot have what was asked for, when nothing nearer may be taken; null otherwise. */
  readonly refused: string | null;
}

type Concrete = Exclude<Strategy, 'auto'>;

/** Decides which strategy a host gets. `hasServers`: NTP servers are named in the playbook or configured. */
export function takeStrategy(settings: Settings, facts: Facts, offer: PtpOffer, hasServers: boolean): Taken {
  const asked = settings.strategy;
  if (asked === 'auto') return takeAuto(settings, facts, offer, hasServers);
  const missing = whatIsMissing(asked, facts, offer);
  if (missing === null) return taken(settings, asked, asked, 'It was asked for.', STRATEGY_ROWS[asked]);
  if (settings.degrade === 'refuse') {
    return { ...taken(settings, asked, asked, missing, STRATEGY_ROWS[asked]), refused: missing };
  }
  return degrade(settings, asked, missing, facts, offer);
}

function takeAuto(settings: Settings, facts: Facts, offer: PtpOffer, hasServers: boolean): Taken {
  const { name, why } = chooseAuto(facts, offer, hasServers);
  const row = name === 'host+ntp' ? ({ ...LEFT, servers: playbookOrKept(settings) } as const) : STRATEGY_ROWS[name];
  return { ...taken(settings, 'auto', name, why, row), acceptsUnpreferred: true };
}

function chooseAuto(
  facts: Facts,
  offer: PtpOffer,
  hasServers: boolean,
): { readonly name: Concrete; readonly why: string } {
  const isAzure = facts.cloud.value === 'azure';
  if (!offer.usable) {
    return { name: 'host+ntp', why: `${offer.reason} NTP stays as it is configured.` };
  }
  if (!isAzure) {
    return {
      name: 'monitor',
      why: 'Its host is not known to be Azure: its PTP clock is watched and compared before it is trusted.',
    };
  }
  return hasServers
    ? { name: 'ptp+ntp', why: 'This is Azure with a PTP clock and NTP servers.' }
    : { name: 'host+ptp', why: 'This is Azure with a PTP clock, and no NTP server is configured.' };
}

/** Why the host cannot have the strategy, or null when it can. */
function whatIsMissing(asked: Concrete, facts: Facts, offer: PtpOffer): string | null {
  if (asked === 'host-only') {
    const parameters = facts.hyperv.parameters.value;
    if (parameters !== null && parameters.timesync_implicit !== undefined) return null;
    if (isElsewhere(facts)) return 'This is no VM on Hyper-V, whose driver alone could keep the clock right.';
    return 'The driver hv_utils of this kernel sets the clock only at boot and resume: it cannot keep it right alone.';
  }
  return needsPtp(asked) && !offer.usable ? offer.reason : null;
}

/** Known to be no guest of Hyper-V; false also where it is not known. */
function isElsewhere({ cloud, virtualization }: Facts): boolean {
  return cloud.value !== 'azure' && virtualization.value !== null && virtualization.value !== 'hyperv';
}

function degrade(settings: Settings, asked: Concrete, missing: string, facts: Facts, offer: PtpOffer): Taken {
  const nearest = STRATEGY_ROWS[asked].nearest;
  if (nearest === null) return { ...taken(settings, asked, asked, missing, STRATEGY_ROWS[asked]), refused: missing };
  const further = whatIsMissing(nearest, facts, offer);
  if (further !== null) return withAsked(asked, degrade(settings, nearest, `${missing} ${further}`, facts, offer));
  // The pieces for a PTP clock that may come back stay: they do nothing while it is missing.
  const row = needsPtp(nearest) ? STRATEGY_ROWS[nearest] : { ...STRATEGY_ROWS[nearest], phc: 'left' as const };
  return taken(settings, asked, nearest, `${missing} ${nearest} comes nearest.`, row);
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

function playbookOrKept(settings: Settings): 'playbook' | 'kept' {
  return settings.ntpServers.length === 0 ? 'kept' : 'playbook';
}

function taken(settings: Settings, asked: string, name: Concrete, reason: string, row: StrategyRow): Taken {
  return {
    strategy: { asked, taken: name, reason },
    row: adaptRow(settings, name, row),
    acceptsUnpreferred: false,
    refused: null,
  };
}

/** Fills in what the row leaves to the settings: which servers, and `prefer: ntp`. */
function adaptRow(settings: Settings, name: Concrete, row: StrategyRow): StrategyRow {
  const servers = row.servers === 'playbook' ? playbookOrKept(settings) : row.servers;
  if (name !== 'ptp+ntp' || settings.prefer === 'ptp' || row.phc !== 'first') return { ...row, servers };
  return { ...row, servers, phc: 'beside', selected: { refclock: false, server: true } };
}
