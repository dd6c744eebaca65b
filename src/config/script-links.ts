import type { ServiceFacts } from '#facts/facts.js';

/** An init whose services are scripts. Mask and unit file are words of systemd's: here the links are all there is. */
export type ScriptInit = 'sysv' | 'openrc';

/**
 * The links with which a boot does not start the service. sysv: each start link of a runlevel becomes a stop link, as
 * `update-rc.d disable` and `chkconfig off` do it; with none left, the next update of the package would link it anew.
 */
export function linksToStop({ links }: ServiceFacts, init: ScriptInit, header: string): readonly string[] {
  if (init === 'openrc') return links.filter((link) => !isOpenrcStart(link));
  const { stop } = chkconfigNumbers(header);
  return [...new Set(links.map((link) => (isSysvStart(link) ? turned(link, 'K', stop) : link)))].toSorted();
}

/**
 * The links with which a boot starts it: those that are there, or where none starts it, those that its own tools would make: in the
 * runlevels of its header (2 to 5 where it has none), with the header's number, else the one its stop link has, else 20.
 */
export function linksToStart(
  { unit, links }: ServiceFacts,
  init: ScriptInit,
  header: string,
  folder: '/etc' | '/etc/rc.d',
): readonly string[] {
  if (links.some(init === 'openrc' ? isOpenrcStart : isSysvStart)) return links;
  if (init === 'openrc') return [...links, `/etc/runlevels/default/${unit} -> /etc/init.d/${unit}`].toSorted();
  const { start } = chkconfigNumbers(header);
  const started = defaultLevels(header).map((level) => {
    const stopped = links.find((link) => new RegExp(`/rc${level}\\.d/K`).test(link));
    if (stopped !== undefined) return turned(stopped, 'S', start);
    return `${folder}/rc${level}.d/S${start ?? '20'}${unit} -> ../init.d/${unit}`;
  });
  const levels = new Set(started.map(levelOf));
  return [...links.filter((link) => !levels.has(levelOf(link))), ...started].toSorted();
}

const isSysvStart = (link: string) => /\/rc[2345S]\.d\/S\d\d/.test(link);
/** Of the runlevels that OpenRC brings, these end or repair a system. */
const isOpenrcStart = (link: string) => /^\/etc\/runlevels\/(?!(?:off|shutdown|reboot|recovery|single)\/)/.test(link);
const levelOf = (link: string) => /\/rc(.)\.d\//.exec(link)?.[1];

function turned(link: string, to: 'S' | 'K', number: string | null): string {
  return link.replace(/\.d\/[SK](\d\d)/, (_, own: string) => `.d/${to}${number ?? own}`);
}

/** `# chkconfig: 2345 58 74`, with `-` for no runlevel: its numbers to start and to stop. */
function chkconfigNumbers(header: string): { readonly start: string | null; readonly stop: string | null } {
  const match = /^#\s*chkconfig:\s*(?:-|[0-6]+)\s+(\d{1,2})\s+(\d{1,2})\s*$/m.exec(header);
  return { start: match?.[1]?.padStart(2, '0') ?? null, stop: match?.[2]?.padStart(2, '0') ?? null };
}

function defaultLevels(header: string): readonly string[] {
  const written =
    /^# Default-Start:[ \t]*([2-5][2-5 \t]*)$/m.exec(header)?.[1] ?? /^#\s*chkconfig:\s*([2-5]+)\s/m.exec(header)?.[1];
  return written?.match(/[2-5]/g) ?? ['2', '3', '4', '5'];
}
