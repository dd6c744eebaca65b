import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linksToStart, linksToStop } from '#config/script-links.js';
import type { ServiceFacts } from '#facts/facts.js';

const LSB =
  '#!/bin/sh\n### BEGIN INIT INFO\n# Provides:          ntp\n# Default-Start:     2 3 4 5\n### END INIT INFO\n';
const CHKCONFIG = '#!/bin/bash\n#\n# chkconfig: - 58 74\n';

const service = (links: readonly string[]) => ({ unit: 'ntp', links }) as unknown as ServiceFacts;
const at = (paths: readonly string[]) => paths.map((path) => `${path} -> ../init.d/ntp`);

it('turns start links of sysv into stop links with their number, as update-rc.d does it', () => {
  const links = at(['/etc/rc0.d/K01ntp', '/etc/rc2.d/S03ntp', '/etc/rc3.d/S03ntp', '/etc/rc6.d/K01ntp']);
  expect(linksToStop(service(links), 'sysv', LSB)).toEqual(
    at(['/etc/rc0.d/K01ntp', '/etc/rc2.d/K03ntp', '/etc/rc3.d/K03ntp', '/etc/rc6.d/K01ntp']),
  );
});

it('takes the numbers of a chkconfig header, as chkconfig does it', () => {
  const on = at([
    '/etc/rc.d/rc2.d/S58ntp',
    '/etc/rc.d/rc3.d/S58ntp',
    '/etc/rc.d/rc4.d/S58ntp',
    '/etc/rc.d/rc5.d/S58ntp',
  ]);
  const off = at([
    '/etc/rc.d/rc2.d/K74ntp',
    '/etc/rc.d/rc3.d/K74ntp',
    '/etc/rc.d/rc4.d/K74ntp',
    '/etc/rc.d/rc5.d/K74ntp',
  ]);
  expect(linksToStop(service(on), 'sysv', CHKCONFIG)).toEqual(off);
  expect(linksToStart(service(off), 'sysv', CHKCONFIG, '/etc/rc.d')).toEqual(on);
  expect(linksToStart(service([]), 'sysv', CHKCONFIG, '/etc/rc.d')).toEqual(on);
});

it('starts in the runlevels of the header only', () => {
  const header = LSB.replace('2 3 4 5', '3 5');
  expect(linksToStart(service(at(['/etc/rc2.d/K03ntp', '/etc/rc3.d/K03ntp'])), 'sysv', header, '/etc')).toEqual(
    at(['/etc/rc2.d/K03ntp', '/etc/rc3.d/S03ntp', '/etc/rc5.d/S20ntp']),
  );
});

it('removes a service from the runlevels of OpenRC that start it, and adds it to default', () => {
  const link = (path: string) => `${path} -> /etc/init.d/ntp`;
  const links = [link('/etc/runlevels/boot/ntp'), link('/etc/runlevels/default/ntp'), link('/etc/runlevels/off/ntp')];
  const sysv = at(['/etc/rc2.d/S01ntp']);
  expect(linksToStop(service([...sysv, ...links]), 'openrc', LSB)).toEqual([...sysv, link('/etc/runlevels/off/ntp')]);
  expect(linksToStart(service([]), 'openrc', LSB, '/etc')).toEqual([link('/etc/runlevels/default/ntp')]);
  expect(linksToStart(service(links), 'openrc', LSB, '/etc')).toBe(links);
});

it('leaves links that already start a service, and what was stopped stays stopped, whatever the links are', () => {
  const anyLink = fc
    .tuple(
      fc.constantFrom('0', '1', '2', '3', '4', '5', '6', 'S'),
      fc.constantFrom('S', 'K'),
      fc.integer({ min: 10, max: 99 }),
    )
    .map(([level, kind, number]) => `/etc/rc${level}.d/${kind}${number}ntp -> ../init.d/ntp`);
  fc.assert(
    fc.property(fc.uniqueArray(anyLink), fc.constantFrom(LSB, CHKCONFIG, ''), (links, header) => {
      const stopped = linksToStop(service(links), 'sysv', header);
      expect(stopped.filter((link) => /rc[2345S]\.d\/S/.test(link))).toEqual([]);
      expect(linksToStop(service(stopped), 'sysv', header)).toEqual(stopped);
      const started = linksToStart(service(stopped), 'sysv', header, '/etc');
      expect(started.some((link) => /rc[2345]\.d\/S/.test(link))).toBe(true);
      expect(linksToStart(service(started), 'sysv', header, '/etc')).toBe(started);
    }),
  );
});
