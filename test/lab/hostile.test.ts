import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.js';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { type CommandResult, Operator, outcomesOf } from './operator.js';

const ESC = '\u001b';
/** Clears the screen, sets the window's title, turns on the mouse, moves the cursor away; and a lone CSI of 8 bits. */
const EVIL = `${ESC}[2J${ESC}]0;owned\u0007${ESC}[?1000h${ESC}[99;99H\u009b31m`;
const FIFTY_MEGABYTES = 50 * 1024 * 1024;

/**
 * Host 1 is as it should be. Host 2 prints what a terminal would obey, wherever it can. Host 3 has 50 MB where a small file
 * is expected. Host 4 has a chronyc that never ends, host 5 a shell that prints for ever.
 */
describe.skipIf(!canRunContainers('hostile hosts'))('hosts that send what they should not', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;

  beforeAll(async () => {
    lab = await Lab.start(5);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', lab.inventory);
    playbook = operator.write('playbook.yaml', playbookOf(45, 90));

    printWhatATerminalObeys();
    const line = '# nothing but a comment, again and again\n';
    writeFileSync(lab.pathOn(3, '/etc/chrony/conf.d/large.conf'), line.repeat(FIFTY_MEGABYTES / line.length));
    const endless = `#!/bin/sh\nwhile :; do printf '%s\\n' '${EVIL}'; done\n`;
    writeFileSync(lab.pathOn(4, '/usr/local/bin/chronyc'), endless, { mode: 0o755 });
    writeFileSync(lab.pathOn(5, '/root/.bashrc'), `while :; do printf '%s\\n' '${EVIL}'; done\n`);
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  function printWhatATerminalObeys() {
    writeFileSync(lab.pathOn(2, '/root/.bashrc'), `printf '%s\\n' '${EVIL}'; printf '%s\\n' '${EVIL}' >&2\n`);
    writeFileSync(lab.pathOn(2, '/etc/issue.net'), `${EVIL} welcome\n`);
    writeFileSync(lab.pathOn(2, '/etc/ssh/sshd_config.d/banner.conf'), 'Banner /etc/issue.net\n');
    const config = lab.pathOn(2, '/etc/chrony/chrony.conf');
    const text = readFileSync(config, 'utf8').replace('\npool ', `\n# ${EVIL}\npool `);
    writeFileSync(config, `${text}\n! ${EVIL}\n`);
    writeFileSync(lab.pathOn(2, '/etc/os-release'), `ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian ${EVIL}"\n`);
    lab.onHost(2, 'systemctl restart ssh');
  }

  const runAll = (args: readonly string[], variables: Record<string, string> = {}) =>
    operator.start([...args, inventory, '--accept-new'], variables).ended;

  it.each([
    { what: 'a plan in colours', args: () => ['plan', '-p', playbook], variables: { FORCE_COLOR: '1' } },
    { what: 'an audit as JSON', args: () => ['audit', '--json', '-p', playbook], variables: {} },
    { what: 'the facts', args: () => ['facts'], variables: {} },
  ])('shows $what without a byte that a terminal obeys', async ({ args, variables }) => {
    const result = await runAll(args(), variables);
    expect(result.stdout).toContain('[2J');
    expect(obeyed(result)).toEqual([]);
  });

  it('changes the other hosts, and says of each what happened', async () => {
    const before = fingerprint(lab.pathOn(4, '/etc'));
    const result = await runAll(['run', '--yes', '-p', playbook]);
    expect(result.code, result.stderr).toBe(5);
    expect(obeyed(result)).toEqual([]);
    expect(result.stdout + result.stderr).not.toContain(ESC);
    expect(result.stderr).toContain(`${lab.nameOf(1)}: changed and proved`);
    expect(result.stderr).toContain(`${lab.nameOf(2)}: changed and proved`);
    expect(result.stdout).toContain('/etc/chrony/conf.d/large.conf is too large to be read as a whole');
    expect(result.stderr).toMatch(
      new RegExp(`${lab.nameOf(4)}: reverted: .*chronyc tracking printed more than is read`),
    );
    expect(result.stderr).toMatch(new RegExp(`${lab.nameOf(5)}: unreachable: the host printed too much`));
    for (const index of [1, 2]) expect(lab.onHost(index, 'chronyc -c -n sources')).toContain(`^,*,${NTP_SERVER},`);
    expect(lab.transactionsOf(3)).toEqual([]);
    expect(lab.transactionsOf(4)).toEqual(['reverted']);
    expect(fingerprint(lab.pathOn(4, '/etc'))).toEqual(before);

    const { runs } = JSON.parse((await operator.tsync('history', '--json', '-n', '1')).stdout);
    const shown = await operator.tsync('show', runs[0].run, '--json');
    expect(obeyed(shown)).toEqual([]);
    const outcomes = outcomesOf(JSON.parse(shown.stdout));
    expect(outcomes).toEqual(['changed', 'changed', 'drifted', 'reverted', 'unreachable']);
  });
});

/** All that a terminal would obey but colours, tabs and line feeds. */
function obeyed({ stdout, stderr }: CommandResult): readonly string[] {
  const text = `${stdout}${stderr}`.replaceAll(/\u001b\[[0-9;]*m/g, '');
  return text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g) ?? [];
}
