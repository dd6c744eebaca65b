import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackageManager } from '#facts/facts.js';
import { readMadison, readPreview } from '#packages/read-preview.js';

const NONE = new Map<string, readonly string[]>();
const read = (manager: PackageManager, text: string, exit: number | null = 0, available = NONE) =>
  readPreview(manager, [{ part: 'all', text, exit }], available);

/** Real, but for dates and addresses: Debian 12 in the lab. */
const APT = `Reading package lists...
Building dependency tree...
Reading state information...
Suggested packages:
  dnsutils networkd-dispatcher
The following packages will be REMOVED:
  systemd-timesyncd
The following NEW packages will be installed:
  chrony
0 upgraded, 1 newly installed, 1 to remove and 0 not upgraded.
Remv systemd-timesyncd [252.39-1~deb12u2]
Inst chrony (4.3-2+deb12u3 localhost [amd64])
Conf chrony (4.3-2+deb12u3 localhost [amd64])
`;

/** Made: as dnf 4 of RHEL 9 prints it. */
const DNF = `Last metadata expiration check: 0:10:01 ago on Sun Nov 22 10:00:00 2026.
Dependencies resolved.
================================================================================
 Package       Architecture  Version              Repository               Size
================================================================================
Installing:
 chrony        x86_64        4.5-3.el9            baseos                  334 k
Installing dependencies:
 libseccomp    x86_64        2.5.2-2.el9          baseos                   72 k

Transaction Summary
================================================================================
Install  2 Packages

Operation aborted.
`;

/** Made: as zypper 1.14 prints it with --xmlout. */
const ZYPPER = `<?xml version='1.0'?>
<stream>
<message type="info">Loading repository data...</message>
<install-summary download-size="500000" space-usage-diff="900000" packages-to-change="3">
<to-install>
<solvable status="not-installed" type="package" name="chrony" edition="4.1-150400.21.5.7" arch="x86_64" repository="SLE"/>
<solvable status="not-installed" type="package" name="chrony-pool-suse" edition="4.1-150400.21.5.7" arch="noarch"/>
</to-install>
<to-remove>
<solvable status="installed" type="package" name="ntp" edition="4.2.8p17-150000.4.27.1" arch="x86_64"/>
</to-remove>
</install-summary>
</stream>
`;

/** Made: as apk-tools 2.14 prints it. */
const APK = `(1/3) Installing libcap2 (2.70-r0)
(2/3) Installing chrony (4.6.1-r0)
(3/3) Purging openntpd (6.8_p1-r9)
OK: 12 MiB in 30 packages
`;

describe('what a package manager would do', () => {
  it('is read from apt, with whether what goes can be had again', () => {
    const removed = { name: 'systemd-timesyncd', before: '252.39-1~deb12u2', after: null };
    const installed = { name: 'chrony', before: null, after: '4.3-2+deb12u3', undo: 'possible' };
    const with_ = (versions: string[]) => read('apt', APT, 0, new Map([['systemd-timesyncd', versions]]));
    expect(with_(['252.39-1~deb12u2'])).toEqual({
      known: true,
      changes: [installed, { ...removed, undo: 'possible' }],
    });
    expect(with_(['252.38'])).toEqual({ known: true, changes: [installed, { ...removed, undo: 'impossible' }] });
    expect(read('apt', APT)).toEqual({ known: true, changes: [installed, { ...removed, undo: 'unknown' }] });
  });

  it.each([
    ['dnf', DNF, 1, ['chrony null 4.5-3.el9', 'libseccomp null 2.5.2-2.el9']],
    ['yum', DNF, 1, ['chrony null 4.5-3.el9', 'libseccomp null 2.5.2-2.el9']],
    ['tdnf', DNF, 1, ['chrony null 4.5-3.el9', 'libseccomp null 2.5.2-2.el9']],
    [
      'zypper',
      ZYPPER,
      0,
      ['chrony null 4.1-150400.21.5.7', 'chrony-pool-suse null 4.1-150400.21.5.7', 'ntp 4.2.8p17-150000.4.27.1 null'],
    ],
    ['apk', APK, 0, ['chrony null 4.6.1-r0', 'libcap2 null 2.70-r0', 'openntpd 6.8_p1-r9 null']],
  ] as const)('is read from %s', (manager, text, exit, wanted) => {
    const preview = read(manager, text, exit);
    if (!preview.known) throw new Error(preview.detail);
    expect(preview.changes.map(({ name, before, after }) => `${name} ${before} ${after}`)).toEqual(wanted);
  });

  it('takes an upgrade and a foreign architecture of apt for what they are', () => {
    const text = 'Inst libc6:i386 [2.36-9] (2.36-10 Debian:12/stable [i386])\n';
    expect(read('apt', text)).toMatchObject({ changes: [{ name: 'libc6', before: '2.36-9', after: '2.36-10' }] });
  });

  it('is not known where the manager failed, was cut off, or says what is not understood', () => {
    expect(read('apt', 'E: Unable to locate package chrony\n', 100)).toEqual({
      known: false,
      detail: 'apt says: Unable to locate package chrony',
    });
    expect(read('apt', APT, null).known).toBe(false);
    expect(read('apt', 'Inst what is this\n').known).toBe(false);
    expect(read('dnf', 'Error: Unable to find a match: chrony\n', 1).known).toBe(false);
    expect(read('dnf', DNF.replace('Installing dependencies', 'Upgrading'), 1).known).toBe(false);
    expect(readPreview('apt', [], NONE).known).toBe(false);
    expect(read('apt', 'Inst $(reboot) (1 x)\n').known).toBe(false);
  });

  it('never throws, whatever a host prints', () => {
    const managers = fc.constantFrom<PackageManager>('apt', 'dnf', 'yum', 'zypper', 'tdnf', 'apk');
    const pieces = [APT, DNF, ZYPPER, APK].flatMap((text) => text.split('\n'));
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...pieces));
    const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(managers, text, fc.option(fc.integer({ min: 0, max: 255 })), (manager, said, exit) => {
        const preview = read(manager, said, exit);
        if (!preview.known) return;
        // Names and versions go into a command line on the host.
        for (const { name, before, after } of preview.changes)
          expect(`${name}${before}${after}`).toMatch(/^[A-Za-z0-9.+:~^_-]+$/);
      }),
    );
  });

  it('knows the versions that a repository has', () => {
    expect(readMadison(' chrony | 4.3-2 | http://deb.debian.org bookworm/main\n chrony | 4.3-1 | x\n\n')).toEqual([
      '4.3-2',
      '4.3-1',
    ]);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readMadison(text)));
  });
});
