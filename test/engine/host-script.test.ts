import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ApplyTask } from '#engine/apply-task.js';
import { hostScript } from '#engine/host-script.js';
import { loadPrograms } from '#engine/programs.js';
import type { PackagePlan } from '#packages/package-plan.js';
import { DEFAULT_SETTINGS } from '#settings/settings.js';
import { SH } from '../shells.js';
import { change, planOf } from '../transaction/every-kind.js';
import { fileState } from '../transaction/fake-host.js';

const RUN = { run: 'r1', who: 'ada@bastion', version: '0', startedAt: '2026-11-22T10:00:00Z' };
const EDIT = change('file', '/etc/chrony/chrony.conf', null, fileState(Uint8Array.of(0x63, 0xe9, 0x0a)));
const CHRONY: PackagePlan = {
  manager: 'apt',
  when: 'before-changes',
  because: 'packages/chrony',
  reason: 'made',
  requests: [{ action: 'install', name: 'chrony', version: null }],
  unfinished: [],
  preview: [{ name: 'chrony', before: null, after: '4.3', undo: 'possible' }],
};

function scriptOf(plan: object, connection: object = { transport: 'ssh', image: null }): Buffer {
  const host = { name: 'web-1', vars: {}, connection };
  const task = { host, settings: { settings: DEFAULT_SETTINGS, origins: {} } };
  const item = { task, plan, asked: ['unit=vault.service'] } as unknown as ApplyTask;
  return Buffer.from(hostScript(item, loadPrograms(), RUN));
}
const headingsOf = (script: Buffer) => script.toString('latin1').match(/^# (====|parameter) .*$/gm);

describe('what would run on a host', () => {
  it('is the changes and what proves them, with the parameters of each, byte by byte', () => {
    const script = scriptOf({ ...planOf([EDIT]), packages: null });
    expect(headingsOf(script)).toEqual([
      '# ==== 1 of 2 on web-1, the changes, behind an armed guard.',
      '# parameter transaction=r1.web-1',
      '# ==== 2 of 2 on web-1, the proof: state, probe, clock, then "confirm r1.web-1" or "revert r1.web-1".',
      '# parameter seconds=N',
      '# parameter who=ada@bastion',
      '# parameter unit=vault.service',
    ]);
    expect(script.includes(Buffer.of(0x63, 0xe9, 0x0a))).toBe(true);
    expect(script.toString('latin1')).toMatch(/\ntsync_apply "\$@"\n[\s\S]*\ntsync_settle "\$@"\n/);
  });

  it('is the work on packages too, before any change', () => {
    const script = scriptOf({ ...planOf([]), packages: CHRONY }).toString();
    expect(headingsOf(Buffer.from(script))).toEqual([expect.stringMatching(/^# ==== 1 of 1 on web-1, packages: /)]);
    expect(script).toContain('\n  goal=make\n');
    expect(script).toContain('\n  install_names=chrony\n');
  });

  it('names the tree and the platform of an image', () => {
    const image = { root: '/mnt/image', platform: 'azure' };
    const parts = headingsOf(scriptOf({ ...planOf([EDIT]), packages: null }, { transport: 'local', image }));
    for (const parameter of ['root=/mnt/image', 'image=yes', 'platform=azure'])
      expect(parts?.filter((line) => line === `# parameter ${parameter}`)).toHaveLength(2);
  });

  it('can be read by a shell as a whole', () => {
    const script = scriptOf({ ...planOf([EDIT]), packages: CHRONY });
    const { status, stderr } = spawnSync(SH.join(' '), ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
