import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Facts } from '#facts/facts.js';
import { assess } from '#plan/assess.js';
import type { HostPlan } from '#plan/plan.js';
import type { Settings } from '#settings/settings.js';
import { bytesToText } from '#snapshot/bytes.js';
import { server, withSettings } from '../plan/made-hosts.js';
import { SHELLS } from '../shells.js';
import { HYPERV_PTP, present } from './make-facts.js';
import { supportMatrix } from './matrix.js';

const row = supportMatrix().find(({ host }) => host.row === 'debian-12-sysv');
if (row === undefined) throw new Error('the row is gone');
const { facts } = row;

const DEFAULTS = '# options\nDAEMON_OPTS="-F 1"\n';

/** The sysv host on Azure, with the clock, the script of Debian and these defaults. */
function azure(defaults = DEFAULTS): Facts {
  const files = new Map(facts.files);
  files.set('/etc/default/chrony', present(defaults));
  files.set('/etc/init.d/chrony', present('#!/bin/sh\n. /etc/default/chrony\n'));
  return {
    ...facts,
    cloud: { value: 'azure' },
    virtualization: { value: 'hyperv' },
    ptp: { value: [HYPERV_PTP] },
    files,
  };
}

function plan(given: Facts, settings: Partial<Settings> = {}): HostPlan {
  return assess({
    host: 'h',
    facts: given,
    settings: withSettings({ strategy: 'ptp+ntp', ntpServers: [server('192.0.2.1')], ...settings }),
    snapshotDigest: 'd',
    today: '2026-11-22',
  });
}

function fileAfter({ changes }: HostPlan, path: string): string | undefined {
  const change = changes.find(({ name }) => name === path);
  return change?.kind === 'file' && change.after !== null ? bytesToText(change.after.bytes) : undefined;
}

describe('a PTP clock without systemd', () => {
  it('is put in by lines in the file that the script sources, and only when it starts', () => {
    const text = fileAfter(plan(azure()), '/etc/default/chrony') ?? '';
    expect(text.startsWith(DEFAULTS)).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'tsync-defaults-'));
    try {
      writeFileSync(join(folder, 'defaults'), text.replace('/etc/tsync/refclock.sh', join(folder, 'refclock.sh')));
      writeFileSync(join(folder, 'refclock.sh'), 'echo made');
      for (const [shell = '', ...words] of Object.values(SHELLS)) {
        const source = (verb: string) =>
          execFileSync(shell, [...words, '-uc', `. ${folder}/defaults; echo "$DAEMON_OPTS"`, 'sh', verb], {
            encoding: 'utf8',
          });
        expect(source('start')).toBe('made\n-F 1\n');
        expect(source('stop')).toBe('-F 1\n');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves that file byte for byte as it was when it is no longer wanted', () => {
    const made = fileAfter(plan(azure()), '/etc/default/chrony') ?? '';
    expect(fileAfter(plan(azure(made), { strategy: 'ntp-only' }), '/etc/default/chrony')).toBe(DEFAULTS);
    expect(fileAfter(plan(azure(made)), '/etc/default/chrony')).toBeUndefined();
  });

  it('is refused where no file is sourced, never put in by a bare line', () => {
    const given = azure();
    const files = new Map(given.files).set('/etc/init.d/chrony', present('#!/sbin/openrc-run\n'));
    const refused = plan({ ...given, files });
    expect(refused.changes).toEqual([]);
    expect(refused.findings.find(({ rule }) => rule === 'strategy/possible')?.status).toBe('violation');
  });
});

describe('a chrony that was switched off', () => {
  it('is put into the list of startpar with its links, and not restarted for that', () => {
    const service = facts.services.get('chrony');
    if (service === undefined) throw new Error('the row has no chrony');
    const links = ['/etc/rc2.d/K01chrony -> ../init.d/chrony'];
    const off = { ...service, activeState: 'inactive', unitFileState: 'disabled', links };
    const files = new Map(facts.files).set(
      '/etc/init.d/.depend.start',
      present('TARGETS = ssh rc.local\nINTERACTIVE =\n'),
    );
    const given = { ...facts, files, services: new Map([['chrony', off]]) };
    const made = plan(given, { strategy: 'ntp-only', waivers: [] });
    expect(fileAfter(made, '/etc/init.d/.depend.start')).toBe('TARGETS = ssh rc.local chrony\nINTERACTIVE =\n');
    const after = made.changes.find(({ id }) => id === 'service:chrony')?.after as { links: string[] } | undefined;
    expect(after?.links).toContain('/etc/rc2.d/S01chrony -> ../init.d/chrony');
  });
});

describe('a guard that a reboot would end', () => {
  const nowhere = { ...facts, bootHook: { value: false } };

  it('keeps a host from being changed until that is accepted by a waiver', () => {
    const refused = plan(nowhere, { strategy: 'ntp-only' });
    expect(refused.changes).toEqual([]);
    expect(refused.strategy.reason).toContain('a reboot before the confirmation');
    expect(refused.findings.find(({ rule }) => rule === 'guard/boot')?.status).toBe('violation');
    const waivers = [{ rule: 'guard/boot', reason: 'it is not rebooted', expires: null }];
    const accepted = plan(nowhere, { strategy: 'ntp-only', waivers });
    expect(accepted.changes.length).toBeGreaterThan(0);
    expect(accepted.findings.find(({ rule }) => rule === 'guard/boot')?.waived).toBe('it is not rebooted');
  });

  it('is not looked at under systemd, and not known where the probe did not look', () => {
    expect(plan(facts, { strategy: 'ntp-only' }).findings.find(({ rule }) => rule === 'guard/boot')?.status).toBe(
      'in-sync',
    );
    const unknown = plan({ ...facts, bootHook: { value: null, reason: 'not looked' } }, { strategy: 'ntp-only' });
    expect([unknown.changes, unknown.findings.find(({ rule }) => rule === 'guard/boot')?.status]).toEqual([
      [],
      'unknown',
    ]);
  });
});
