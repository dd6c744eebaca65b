import type { ConfigLine } from '#config/config-line.js';
import type { DaemonConfig, PlacedLine } from '#config/daemon-config.js';
import { isBelow } from '#config/host-path.js';
import { isServerLine } from '#config/server-line.js';
import type { Cloud, Facts } from '#facts/facts.js';
import type { NtpServer, Settings } from '#settings/settings.js';
import type { HostClock } from './host-clocks.js';
import { isSmearing, isUnsmeared } from './smear.js';

/** The time server that a cloud puts beside its guests: near, and reachable without any way out. */
export interface CloudServer {
  /** The server as its cloud documents it. */
  readonly server: NtpServer;
  /** Every name and address of it. */
  readonly addresses: readonly string[];
  /** It smears leap seconds, so that no other kind of source may stand beside it. */
  readonly smears: boolean;
}

/** AWS, Google, Oracle and Alibaba by their own documents (docs/user/strategies.md). Azure has none: its host gives a PTP clock. */
const CLOUD_SERVERS: { readonly [C in Cloud]?: CloudServer } = {
  aws: {
    server: server('169.254.169.123', 4, 4),
    addresses: ['169.254.169.123', 'fd00:ec2::123'],
    smears: true,
  },
  gcp: {
    server: server('metadata.google.internal'),
    addresses: ['metadata.google.internal', 'metadata', '169.254.169.254'],
    smears: true,
  },
  oci: { server: server('169.254.169.254'), addresses: ['169.254.169.254'], smears: false },
  alibaba: {
    server: server('ntp.cloud.aliyuncs.com', 4, 10),
    addresses: ['ntp.cloud.aliyuncs.com', ...[7, 8, 9, 10, 11, 12].map((at) => `ntp${at}.cloud.aliyuncs.com`)],
    smears: false,
  },
};

function server(address: string, minpoll: number | null = null, maxpoll: number | null = null): NtpServer {
  return {
    address,
    pool: false,
    iburst: true,
    nts: false,
    prefer: false,
    trust: false,
    minpoll,
    maxpoll,
    key: null,
  };
}

export function cloudServerOf({ cloud }: Pick<Facts, 'cloud'>): CloudServer | null {
  return (cloud.value === null ? undefined : CLOUD_SERVERS[cloud.value]) ?? null;
}

export function isServerOf({ addresses }: CloudServer, line: ConfigLine): boolean {
  return addresses.includes(line.args[0]?.toLowerCase().replace(/\.$/, '') ?? '');
}

/** What it takes to follow the server of the cloud. */
export interface CloudChoice {
  readonly cloud: CloudServer;
  /** Empty: it is configured already. */
  readonly add: readonly NtpServer[];
  /** Public servers that do not smear, beside one that does. */
  readonly drop: readonly PlacedLine[];
}

/**
 * The server of the cloud, where neither the playbook nor the host names servers of their own: those that a distribution
 * ships are nobody's choice. Null: no such cloud, or somebody chose (a server with NTS or a key is chosen, too).
 */
export function chooseCloudServer(facts: Facts, settings: Settings, config: DaemonConfig): CloudChoice | null {
  const cloud = cloudServerOf(facts);
  if (cloud === null || settings.ntpServers.length > 0) return null;
  const foreign = config.foreign.filter(({ line, file }) => isServerLine(line) && !line.disabled && !isFromDhcp(file));
  const lines = [...config.own.filter(isServerLine), ...foreign.map(({ line }) => line)];
  const others = lines.filter((line) => !isServerOf(cloud, line));
  if (!others.every((line) => isUnsmeared({ line }) && !isAuthenticated(line))) return null;
  return {
    cloud,
    add: lines.length > others.length ? [] : [cloud.server],
    drop: cloud.smears
      ? foreign.filter(({ line, file }) => !isServerOf(cloud, line) && isBelow('/etc', file.path))
      : [],
  };
}

function isFromDhcp({ path }: PlacedLine['file']): boolean {
  return isBelow('/run/chrony-dhcp', path);
}

function isAuthenticated({ args }: ConfigLine): boolean {
  return args.some((word) => ['nts', 'key'].includes(word.toLowerCase()));
}

/** Why a clock and servers must not be followed together, in a full sentence; null where nothing stands against it. */
export function findMix(lines: readonly ConfigLine[], { title, smears }: HostClock, facts: Facts): string | null {
  if (smears === null) return null;
  const other = lines.find((line) => (smears ? isUnsmeared({ line }) : isSmearing({ line }, facts)))?.args[0];
  if (other === undefined) return null;
  const [does, doesNot] = smears ? [title, other] : [other, title];
  return `Leap seconds are smeared by ${does} and not by ${doesNot}: both together would disagree.`;
}

/** Whether lines with leap seconds of chronyd's own would contradict one of these servers. */
export function isSmeared(lines: readonly ConfigLine[], facts: Facts): boolean {
  return lines.some((line) => isSmearing({ line }, facts));
}
