import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, playbookOf } from './lab.js';
import { type CommandResult, Operator } from './operator.js';

const ESC = '\u001b';
/** Clears the screen, sets the window's title, turns on the mouse, moves the cursor away; and a lone CSI of 8 bits. */
const EVIL = `${ESC}[2J${ESC}]0;owned\u0007${ESC}[?1000h${ESC}[99;99H\u009b31m`;
const FIFTY_MEGABYTES = 50 * 1024 * 1024;

/**
 * tsci1 is a host as it should be. tsci2 prints what a terminal would obey, wherever it can. tsci3 has 50 MB where a small file
 * is expected. tsci4 has a chronyc that never ends, tsci5 a shell that prints for ever.
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
    playbook = operator.write('playbook.yaml', playbookOf(60, 120));

    printWhatATerminalObeys();
    const line = '# nothing but a comment, again and again\n';
    writeFileSync(lab.pathOn(3, '/etc/chrony/conf.d/large.conf'), line.repeat(FIFTY_MEGABYTES / line.length));
    const endless = `#!/bin/sh\nwhile :; do printf '%s\\n' '${EVIL}'; done\n`;
    writeFileSync(lab.pathOn(4, '/usr/local/bin/chronyc'), endless, { mode: 0o755 });
    writeFileSync(lab.pathOn(5, '/root/.bashrc'), `while :; do printf '%s\\n' '${EVIL}'; done\n`);
  });
  afterAll(() => {
    operator?.close();
    lab?.stop();
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

  const runs: CommandResult[] = [];
  const run = async (variables: Record<string, string>, ...args: string[]) => {
    const result = await operator.start([...args, inventory, '-p', playbook, '--accept-new'], variables).ended;
    runs.push(result);
    return result;
  };
  /** All that a terminal could obey but colours, tabs and line feeds. */
  const obeyed = ({ stdout, stderr }: CommandResult) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    `${stdout}${stderr}`.replaceAll(/\u001b\[[0-9;]*m/g, '').match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g);

  it('shows their plans without a byte that a terminal obeys', async () => {
    for (const args of [['plan'], ['audit', '--json'], ['facts']]) {
      const result = await operator.start([
        ...args,
        inventory,
        ...(args[0] === 'facts' ? [] : ['-p', playbook]),
        '--accept-new',
      ]).ended;
      expect(result.stdout + result.stderr).not.toContain(ESC);
      expect(obeyed(result), args.join(' ')).toBeNull();
    }
    expect(obeyed(await run({ FORCE_COLOR: '1' }, 'plan'))).toBeNull();
  });

  it('changes the other hosts, and says of each what happened', async () => {
    const { code, stdout, stderr } = await run({}, 'run', '--yes');
    console.log(code, stdout, stderr);
    expect(stdout + stderr).not.toContain(ESC);
  });
});
