import { quoted } from '#conversation/shell-words.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { shown } from '#facts/fact.js';
import type { Facts } from '#facts/facts.js';
import { hasKeys } from '../has-keys.js';
import type { Reading } from '../reading.js';
import type { ResourceKind, Side, StateChange, ToldEntry } from '../resource-kind.js';
import { isPlainWord, isTreePath } from '../tree-path.js';
import { isWholePath } from '../whole-path.js';

/** Enablement is the set of links (`path -> target`, sorted, without the mask): nothing less can be undone exactly. */
export interface ServiceState {
  readonly active: boolean;
  readonly links: readonly string[];
  readonly masked: boolean;
}

/** In an image nothing runs. */
type ServiceMark = Pick<ServiceState, 'masked' | 'links'>;

/** A service of whatever starts services; its name is its unit, with the suffix. */
export const service: ResourceKind<ServiceState> = {
  probeParameter: 'unit',
  disturbs: true,
  read,
  same: (a, b) => a.active === b.active && a.masked === b.masked && sameList(a.links, b.links),
  wrongPlace({ name, before, after }) {
    if (!/^[A-Za-z0-9:_@][A-Za-z0-9:_.@-]{0,250}$/.test(name)) return 'it is no name of a service';
    return [...(before?.links ?? []), ...(after?.links ?? [])].map(wrongLink).find((one) => one) ?? null;
  },
  label: (name) => `service ${name}`,
  text({ active, masked, links }) {
    const lines = [active ? 'active' : 'inactive', ...(masked ? ['masked'] : []), ...links];
    return `${lines.map((line) => printable(line)).join('\n')}\n`;
  },
  attributes: () => '',
  edit,
  toJson: (state) => state,
  fromJson: (json) => ({
    active: json.boolean('active'),
    links: json.strings('links'),
    masked: json.boolean('masked'),
  }),
  toShell: ({ name, before, after }) => [
    `change_service ${quoted(name)} \\\n    ${stateWords(before)} \\\n    ${stateWords(after)}`,
  ],
  fromTold,
  image: {
    mark: (state): ServiceMark => ({ masked: state?.masked ?? false, links: state?.links ?? [] }),
    isMark,
    isName: (name) => /^[A-Za-z0-9:_@][A-Za-z0-9:_.@-]{0,200}$/.test(name),
    toShell: (name, before: ServiceMark, after: ServiceMark) =>
      `change_service ${quoted(name)} ${stateWords({ ...before, active: false })} ${stateWords({ ...after, active: false })}`,
  },
};

/** A unit that systemd does not find is absent. `activating` and `reloading` count as active. */
function read(facts: Facts, unit: string): Reading<ServiceState> {
  const found = facts.services.get(unit);
  if (found === undefined) return unknown(`${unit} was not among the units that were asked for.`);
  const links = found.links.filter((link) => !link.endsWith(' -> /dev/null')).toSorted();
  if (found.loadState === 'not-found' && links.length === 0) return { known: true, state: null };
  const active = ACTIVE.get(found.activeState);
  if (active === undefined) return unknown(`The state of ${unit} is "${printable(found.activeState)}".`);
  return { known: true, state: { active, links, masked: found.masked } };
}

function unknown(detail: string): Reading<ServiceState> {
  return { known: false, problem: problem('resources/service-unknown', detail) };
}

const ACTIVE = new Map([
  ['active', true],
  ['activating', true],
  ['reloading', true],
  ['refreshing', true],
  ['inactive', false],
  ['deactivating', false],
  ['failed', false],
]);

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

/** A link that enables a service: `path -> target`. */
function wrongLink(link: string): string | null {
  const [path = '', target] = link.split(' -> ');
  const isOne = target !== undefined && target !== '' && isWholePath(path) && /^\/etc\/.+\/./.test(path);
  return isOne ? null : `its link ${path} does not lie in a folder below /etc`;
}

function edit({ before, after }: StateChange<ServiceState>): object {
  const [from, to] = [before?.links ?? [], after?.links ?? []];
  return {
    active: after?.active ?? null,
    masked: after?.masked ?? null,
    removed: from.filter((link) => !to.includes(link)),
    added: to.filter((link) => !from.includes(link)),
  };
}

/** Three words. A service that is absent is one that is off. */
function stateWords(state: ServiceState | null): string {
  const { active, masked, links } = state ?? { active: false, masked: false, links: [] };
  return `${active ? 'active' : 'inactive'} ${masked ? 'masked' : 'unmasked'} ${quoted(links.join('\n'))}`;
}

function fromTold(entry: ToldEntry, side: Side): ServiceState | undefined {
  const [active = '', mask = ''] = entry.one(side).split(' ');
  if (!['active', 'inactive'].includes(active) || !['masked', 'unmasked'].includes(mask)) return undefined;
  const links = entry.all(`${side}-link`);
  if (links.some((link) => shown(link, 4096) !== link)) return undefined;
  return { active: active === 'active', masked: mask === 'masked', links };
}

function isMark(value: unknown): boolean {
  if (!hasKeys(value, ['masked', 'links']) || typeof value.masked !== 'boolean') return false;
  const { links } = value;
  return Array.isArray(links) && links.length <= 100 && links.every(isTreeLink);
}

function isTreeLink(link: unknown): boolean {
  const [path = '', target = '', ...more] = typeof link === 'string' ? link.split(' -> ') : [];
  return more.length === 0 && LINK_FOLDER.test(path) && isTreePath(path) && isPlainWord(target);
}

const LINK_FOLDER = /^\/etc\/(?:systemd\/system|runlevels|init\.d|rc\.d|rc[0-6S]\.d)\//;
