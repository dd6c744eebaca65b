import { known, shown, unknown } from './fact.js';
import type { Fact, Facts, Family } from './facts.js';
import type { Sections } from './sections.js';

type Os = NonNullable<Facts['os']['value']>;

/** The distribution, from os-release, and before os-release from the files that each vendor had. */
export function osFact(sections: Sections): Fact<Os> {
  return (
    fromOsRelease(sections) ?? fromOlderFiles(sections) ?? unknown('no release file that tsync knows could be read')
  );
}

function fromOsRelease(sections: Sections): Fact<Os> | null {
  const text = sections.fileText('/etc/os-release') ?? sections.fileText('/usr/lib/os-release');
  if (text === null) return null;
  const values = parseShellValues(text);
  const id = values.get('ID')?.toLowerCase();
  if (!id) return null;
  const versionId = values.get('VERSION_ID') ?? '';
  return known({
    id: shown(id, 40),
    versionId: shown(versionId, 40),
    family: familyOf(id, values.get('ID_LIKE') ?? ''),
    prettyName: shown(values.get('PRETTY_NAME') ?? `${values.get('NAME') ?? id} ${versionId}`),
  });
}

/** `KEY=value`, `KEY="quoted value"`, `KEY='quoted'` of os-release(5); lines that are neither are passed over. */
export function parseShellValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim());
    if (match?.[1] !== undefined && match[2] !== undefined) values.set(match[1], unquote(match[2]));
  }
  return values;
}

function unquote(text: string): string {
  const quote = text[0];
  if (text.length < 2 || (quote !== '"' && quote !== "'") || text.at(-1) !== quote) return text;
  const inner = text.slice(1, -1);
  return quote === '"' ? inner.replace(/\\(["$`\\])/g, '$1') : inner;
}

const FAMILIES: { readonly [id: string]: Family } = {
  debian: 'debian',
  ubuntu: 'debian',
  raspbian: 'debian',
  rhel: 'rhel',
  centos: 'rhel',
  almalinux: 'rhel',
  rocky: 'rhel',
  ol: 'rhel',
  scientific: 'rhel',
  rhcos: 'rhel',
  fedora: 'fedora',
  amzn: 'amazon',
  azurelinux: 'azurelinux',
  mariner: 'azurelinux',
  sles: 'suse',
  sled: 'suse',
  sles_sap: 'suse',
  'sle-micro': 'suse',
  'sl-micro': 'suse',
  'opensuse-leap': 'suse',
  'opensuse-tumbleweed': 'suse',
  opensuse: 'suse',
  suse: 'suse',
  alpine: 'alpine',
  flatcar: 'flatcar',
};

/** By ID; for one that is not known by ID_LIKE, in its order: closest first. */
function familyOf(id: string, idLike: string): Family {
  for (const name of [id, ...idLike.toLowerCase().split(/\s+/)]) {
    const family = Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined;
    if (family) return family;
  }
  return 'other';
}

/** EL5 and EL6, SLES 11, Amazon Linux AMI and old Debian have no os-release. Oracle's redhat-release says Red Hat. */
function fromOlderFiles(sections: Sections): Fact<Os> | null {
  const oracle = firstLine(sections, '/etc/oracle-release') ?? firstLine(sections, '/etc/enterprise-release');
  if (oracle !== null) return fromReleaseLine(oracle, 'ol', 'rhel');
  const red = firstLine(sections, '/etc/redhat-release') ?? firstLine(sections, '/etc/centos-release');
  if (red !== null) return fromReleaseLine(red, redHatId(red), 'rhel');
  const system = firstLine(sections, '/etc/system-release');
  if (system !== null && /^Amazon Linux/.test(system)) return fromReleaseLine(system, 'amzn', 'amazon');
  const suse = sections.fileText('/etc/SuSE-release');
  if (suse !== null) return fromSuseRelease(suse);
  const alpine = firstLine(sections, '/etc/alpine-release');
  if (alpine !== null) return os('alpine', alpine, 'alpine', `Alpine Linux ${alpine}`);
  const debian = firstLine(sections, '/etc/debian_version');
  if (debian !== null) return os('debian', debian, 'debian', `Debian ${debian}`);
  return null;
}

function redHatId(line: string): string {
  if (/^CentOS/.test(line)) return 'centos';
  if (/^(Oracle|Enterprise) Linux/.test(line)) return 'ol';
  if (/^Scientific/.test(line)) return 'scientific';
  return /^Red Hat/.test(line) ? 'rhel' : 'other';
}

/** `CentOS release 6.10 (Final)`, `Red Hat Enterprise Linux Server release 5.11 (Tikanga)` */
function fromReleaseLine(line: string, id: string, family: Family): Fact<Os> {
  const version = /release\s+([0-9][0-9.]*)/.exec(line)?.[1] ?? '';
  return os(id, version, id === 'other' ? 'other' : family, line);
}

/** Three lines: name, `VERSION = 11`, `PATCHLEVEL = 4`. */
function fromSuseRelease(text: string): Fact<Os> {
  const version = /^VERSION\s*=\s*([0-9.]+)/m.exec(text)?.[1] ?? '';
  const level = /^PATCHLEVEL\s*=\s*([0-9]+)/m.exec(text)?.[1];
  return os('sles', level && level !== '0' ? `${version}.${level}` : version, 'suse', text.split('\n')[0] ?? '');
}

function os(id: string, versionId: string, family: Family, prettyName: string): Fact<Os> {
  return known({ id, versionId: shown(versionId, 40), family, prettyName: shown(prettyName) });
}

function firstLine(sections: Sections, path: string): string | null {
  const line = sections.fileText(path)?.split('\n')[0]?.trim();
  return line ? line : null;
}
