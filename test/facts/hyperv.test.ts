import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, factsWith, values, without } from './sections.js';

const guest =
  'looked\nvmbus\nclass {9527e630-d0ae-497b-adce-e80ab0175caf}\ndriver hv_utils\nmodule hv_utils\nmodule hv_vmbus\n';
const shapes = readFileSync(new URL('../fixtures/kernel-log/shapes.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [build = '', timeSync = '', ...text] = line.split('|');
    return [text.join('|'), build === '-' ? null : build, timeSync === '-' ? null : timeSync] as const;
  });

describe('lines of the kernel log', () => {
  it.each(shapes)('reads %j', (line, build, timeSync) => {
    for (const text of [
      line,
      `${line}\r\n`,
      `[    1.0] hv_vmbus: other\n${line}\n[    2.0] hv_utils: KVP IC version 4.0\n`,
    ]) {
      const { hyperv } = factsWith(values('hyperv', guest), command('dmesg', text));
      expect([hyperv.hostBuild.value, hyperv.timeSyncVersion.value]).toEqual([build, timeSync]);
    }
  });

  it('are found in what was saved of the log where the ring buffer is denied', () => {
    const { hyperv } = factsWith(
      values('hyperv', guest),
      command('dmesg', 'dmesg: read kernel buffer failed: Operation not permitted\n', 1),
      values('log:/var/log/messages', 'Jun 11 20:15:42 web1 kernel: hv_utils: TimeSync IC version 4.0\n'),
    );
    expect(hyperv.timeSyncVersion).toEqual({ value: '4.0' });
    expect(hyperv.hostBuild.value).toBeNull();
  });

  it('tell what the last negotiation gave', () => {
    const text = '[ 1.0] hv_utils: TimeSync IC version 3.0\n[456589.2] hv_utils: TimeSync IC version 4.0\n';
    expect(factsWith(values('hyperv', guest), command('dmesg', text)).hyperv.timeSyncVersion).toEqual({ value: '4.0' });
  });

  it('that nobody may read leave the version unknown, and never say that there is none', () => {
    const { hyperv } = factsWith(values('hyperv', guest), command('dmesg', 'dmesg: Operation not permitted\n', 1));
    expect(hyperv.timeSyncVersion).toMatchObject({ value: null, reason: expect.stringContaining('root') });
  });
});

describe('TimeSync and its driver', () => {
  it('say that the host does not offer TimeSync where the VMBus has channels and none is its', () => {
    const { hyperv } = factsWith(
      values('hyperv', 'looked\nvmbus\nclass {0e0b6031-5213-4934-818b-38d90ced39db}\n'),
      command('dmesg', ''),
    );
    expect(hyperv.timeSyncVersion).toMatchObject({ value: null, reason: expect.stringContaining('does not offer') });
  });

  it('say that a machine is no Hyper-V guest, and what its modules are all the same', () => {
    const { hyperv } = factsWith(values('hyperv', 'looked\n'));
    expect(hyperv.hostBuild).toMatchObject({ value: null, reason: expect.stringContaining('not a Hyper-V guest') });
    expect(hyperv.moduleLoaded).toEqual({ value: false });
    expect(hyperv.parameters).toEqual({ value: {} });
  });

  it('have the parameters by name', () => {
    const { hyperv } = factsWith(
      values('hyperv', `${guest}parameter timesync_mode=Y\nparameter timesync_implicit=N\n`),
    );
    expect(hyperv.parameters).toEqual({ value: { timesync_mode: 'Y', timesync_implicit: 'N' } });
    expect(factsWith(values('hyperv', `${guest}parameter timesync_mode!denied\n`)).hyperv.parameters.value).toBeNull();
  });

  it('know the driver under its old name, and built in', () => {
    expect(factsWith(values('hyperv', 'looked\nvmbus\ndriver hv_util\n')).hyperv.moduleLoaded).toEqual({ value: true });
    expect(factsWith(without('hyperv', 'denied', 'values')).hyperv.moduleLoaded.value).toBeNull();
  });

  const lis: readonly (readonly [string, string, unknown])[] = [
    ['', 'filename:       /lib/modules/6.1.0/kernel/drivers/hv/hv_vmbus.ko\n', { kind: 'in-kernel' }],
    ['', 'filename:       (builtin)\nversion:        3.1\n', { kind: 'in-kernel' }],
    ['version hv_vmbus=4.3.5\n', '', { kind: 'downloaded', version: '4.3.5' }],
    [
      '',
      'filename:       /lib/modules/2.6.32/extra/microsoft-hyper-v/hv_vmbus.ko\nversion:        4.2.8\n',
      { kind: 'downloaded', version: '4.2.8' },
    ],
    [
      '',
      'filename:       /lib/modules/3.10.0/weak-updates/microsoft-hyper-v/hv_utils.ko\n',
      { kind: 'downloaded', version: 'unknown' },
    ],
  ];
  it.each(lis)('tell the drivers of the kernel from downloaded ones: %j %j', (more, modinfo, expected) => {
    expect(factsWith(values('hyperv', guest + more), command('modinfo', modinfo)).hyperv.lis.value).toEqual(expected);
  });
});

describe('PTP clocks', () => {
  it('are listed by number with the names that lead to them', () => {
    const text =
      'looked\nclock ptp10 ena-ptp-05\nclock ptp2 KVM virtual PTP\nclock ptp0\nlink /dev/ptp_kvm ptp2\nlink /dev/ptp_x /dev/ptp2\n';
    expect(factsWith(values('ptp', text)).ptp.value).toEqual([
      { device: 'ptp0', clockName: 'unknown', symlinks: [] },
      { device: 'ptp2', clockName: 'KVM virtual PTP', symlinks: ['/dev/ptp_kvm', '/dev/ptp_x'] },
      { device: 'ptp10', clockName: 'ena-ptp-05', symlinks: [] },
    ]);
  });

  it('are none only where somebody looked', () => {
    expect(factsWith(values('ptp', 'looked\n')).ptp).toEqual({ value: [] });
    expect(factsWith(values('ptp', '')).ptp.value).toBeNull();
    expect(factsWith().ptp).toMatchObject({ value: null, reason: expect.stringContaining('did not look') });
  });
});
