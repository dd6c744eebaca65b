import { TsyncError } from '#errors/tsync-error.js';
import type { Json, SettingsLayer } from '#inventory/host.js';
import { DAYS, isZone, type MaintenanceWindow, minutesOfDay } from '#settings/maintenance-window.js';
import {
  DEFAULT_SETTINGS,
  type NtpServer,
  type ResolvedSettings,
  type Settings,
  STRATEGIES,
  type Strategy,
  type Waiver,
} from '#settings/settings.js';
import { durationSeconds } from '#settings/settings-duration.js';
import { readUserResource } from './read-user-resource.js';

type Reader<T> = (value: Json) => T | undefined;
type Mapping = { readonly [key: string]: Json };

/** Every setting by the name that people write, dotted where nested. */
const READERS = {
  strategy: (value) => STRATEGIES.find((strategy): strategy is Strategy => strategy === value),
  prefer: oneOf('ptp', 'ntp'),
  ntp_servers: listOf(readServer),
  dhcp_servers: oneOf('keep', 'ignore'),
  'limits.offset': seconds,
  'limits.daemon_offset': seconds,
  makestep: readMakestep,
  max_step: (value) => (value === null ? null : seconds(value)),
  daemon: oneOf('keep', 'chrony'),
  window: (value) => listOf(readWindow)(Array.isArray(value) ? value : value === null ? [] : [value]),
  step_warning: (value) => (value === null ? null : seconds(value)),
  degrade: oneOf('refuse', 'allow'),
  take_ownership: readBoolean,
  protected: listOf(readText),
  'rollout.serial': (value) => listOf(readCount)(Array.isArray(value) ? value : [value]),
  'rollout.max_fail': readCount,
  'rollout.settle_timeout': seconds,
  'rollout.confirm_timeout': seconds,
  waivers: listOf(readWaiver),
  resources: listOf(readUserResource),
} satisfies { readonly [key: string]: Reader<unknown> };

type Key = keyof typeof READERS;
type Value<K extends Key> = Exclude<ReturnType<(typeof READERS)[K]>, undefined>;

const NESTED: ReadonlySet<string> = new Set(['limits', 'rollout']);
const KEYS: ReadonlySet<string> = new Set(Object.keys(READERS));

/**
 * Settings of layers that were checked, the outermost first: the innermost value counts; `limits` and `rollout` are merged key
 * by key, lists and everything else are replaced. Throws `TsyncError` where a layer was not checked and is wrong.
 */
export function mergeSettings(layers: readonly SettingsLayer[]): ResolvedSettings {
  const written = new Map<string, { readonly value: Json; readonly layer: SettingsLayer }>();
  for (const layer of layers) for (const [key, value] of flatten(layer)) written.set(key, { value, layer });
  const origins = Object.fromEntries([...KEYS].map((key) => [key, written.get(key)?.layer.origin ?? 'default']));
  const read = <K extends Key>(key: K, otherwise: Value<K>): Value<K> => {
    const found = written.get(key);
    if (!found) return otherwise;
    const value = READERS[key](found.value);
    if (value === undefined) throw wrong('playbook/invalid-value', found.layer, key, `'${key}' has a wrong value`);
    return value as Value<K>;
  };
  return { settings: settingsFrom(read), origins };
}

function settingsFrom(read: <K extends Key>(key: K, otherwise: Value<K>) => Value<K>): Settings {
  const { limits, rollout, ...defaults } = DEFAULT_SETTINGS;
  return {
    strategy: read('strategy', defaults.strategy),
    prefer: read('prefer', defaults.prefer),
    ntpServers: read('ntp_servers', defaults.ntpServers),
    dhcpServers: read('dhcp_servers', defaults.dhcpServers),
    limits: {
      offsetSeconds: read('limits.offset', limits.offsetSeconds),
      daemonOffsetSeconds: read('limits.daemon_offset', limits.daemonOffsetSeconds),
    },
    makestep: read('makestep', defaults.makestep),
    maxStepSeconds: read('max_step', defaults.maxStepSeconds),
    daemon: read('daemon', defaults.daemon),
    windows: read('window', defaults.windows),
    stepWarningSeconds: read('step_warning', defaults.stepWarningSeconds),
    degrade: read('degrade', defaults.degrade),
    takeOwnership: read('take_ownership', defaults.takeOwnership),
    protectedNames: read('protected', defaults.protectedNames),
    rollout: {
      settleTimeoutSeconds: read('rollout.settle_timeout', rollout.settleTimeoutSeconds),
      confirmTimeoutSeconds: read('rollout.confirm_timeout', rollout.confirmTimeoutSeconds),
      serial: read('rollout.serial', rollout.serial),
      maxFail: read('rollout.max_fail', rollout.maxFail),
    },
    waivers: read('waivers', defaults.waivers),
    resources: read('resources', defaults.resources),
  };
}

function flatten(layer: SettingsLayer): readonly (readonly [string, Json])[] {
  return Object.entries(layer.values).flatMap(([key, value]) => {
    const pairs = NESTED.has(key)
      ? Object.entries(mapping(value) ?? {}).map(([inner, it]) => [`${key}.${inner}`, it] as const)
      : [[key, value] as const];
    const unknown = pairs.find(([name]) => !KEYS.has(name));
    if (unknown) throw wrong('playbook/unknown-key', layer, unknown[0], `'${unknown[0]}' is not a setting`);
    return pairs;
  });
}

function wrong(
  code: 'playbook/unknown-key' | 'playbook/invalid-value',
  layer: SettingsLayer,
  key: string,
  what: string,
): TsyncError {
  const place = layer.placeOf?.(key.split('.'));
  return new TsyncError(code, `${what} (${layer.origin}).`, place ? { exitCode: 65, place } : { exitCode: 64 });
}

function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => words.find((word) => word === value);
}

function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const list = value.map(read);
    return list.includes(undefined) ? undefined : (list as readonly T[]);
  };
}

function seconds(value: Json): number | undefined {
  return durationSeconds(value) ?? undefined;
}

function readBoolean(value: Json): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function readText(value: Json): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readNumber(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function mapping(value: Json): Mapping | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Mapping) : undefined;
}

function readCount(value: Json): number | `${number}%` | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  return typeof value === 'string' && /^\d{1,3}%$/.test(value) ? (value as `${number}%`) : undefined;
}

function readServer(value: Json): NtpServer | undefined {
  const map: Mapping | undefined = typeof value === 'string' ? { address: value } : mapping(value);
  const address = map?.address;
  if (!map || typeof address !== 'string') return undefined;
  return {
    address,
    pool: map.pool === true,
    iburst: map.iburst !== false,
    nts: map.nts === true,
    prefer: map.prefer === true,
    trust: map.trust === true,
    minpoll: readNumber(map.minpoll),
    maxpoll: readNumber(map.maxpoll),
    key: readNumber(map.key),
  };
}

function readMakestep(value: Json): Settings['makestep'] | undefined {
  if (value === false) return null;
  const map = mapping(value);
  const thresholdSeconds = durationSeconds(map?.threshold);
  const limit = readNumber(map?.limit);
  return thresholdSeconds === null || limit === null ? undefined : { thresholdSeconds, limit };
}

function readWindow(value: Json): MaintenanceWindow | undefined {
  const map = mapping(value);
  const { days = [], from, to, zone = 'UTC' } = map ?? {};
  if (typeof from !== 'string' || typeof to !== 'string' || typeof zone !== 'string' || !isZone(zone)) return undefined;
  const [fromMinutes, toMinutes] = [minutesOfDay(from), minutesOfDay(to)];
  const named = listOf((day) => DAYS.find((one) => one === day))(days);
  if (fromMinutes === null || toMinutes === null || named === undefined) return undefined;
  return { days: named, fromMinutes, toMinutes, zone };
}

function readWaiver(value: Json): Waiver | undefined {
  const map = mapping(value);
  const { rule, reason, expires = null } = map ?? {};
  if (typeof rule !== 'string' || typeof reason !== 'string') return undefined;
  return expires === null || typeof expires === 'string' ? { rule, reason, expires } : undefined;
}
