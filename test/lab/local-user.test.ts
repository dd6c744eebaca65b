import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { Operator, outcomesOf, type RunDocument, TOP } from './operator.js';

/** How often; CI does a few, and a long run is asked for: TSYNC_LOCAL_USER=100,20,20. */
const [PROBES = 4, APPLIES = 1, ROLLBACKS = 1] = (process.env.TSYNC_LOCAL_USER ?? '')
  .split(',')
  .filter(Boolean)
  .map(Number);
const INITS = ['systemd', 'sysv', 'openrc'] as const;
const HOSTS = INITS.map((_, index) => index + 1);
/** Longer than any run takes: the attack is ended when the runs are. */
const ATTACK_SECONDS = 5400;

/**
 * An account without any right but a shell attacks root's programs on the host the whole time (`local-user/attack.sh`): forged daemons and
 * frames, links swapped at every moment, files in each place that it may write.
 */
describe.skipIf(!canRunContainers('a local user who attacks'))('an unprivileged user of a host who attacks', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  let before: readonly unknown[];
  let attacks: Promise<string>[] = [];

  const EVE = 'eve';
  const canaries = () =>
    HOSTS.map((index) =>
      lab.onHost(
        index,
        'stat -c "%n %a %U %G %s" /etc/passwd /etc/shadow /etc/canary-secret /etc/crontab /root/.ssh/authorized_keys 2>/dev/null; cksum /etc/passwd /etc/shadow /etc/canary-secret',
      ),
    );
  const states = () => HOSTS.map((index) => lab.stateOf(index).etc);
  /** What is not where it belongs: files of the user's outside of its places, and files of others inside of them. */
  const strays = () =>
    HOSTS.map((index) =>
      lab.onHost(
        index,
        `find / -xdev -user ${EVE} -not -path "/home/${EVE}*" -not -path "/proc/*" -not -path "/tmp/*" -not -path "/var/tmp/*" -not -path "/var/mail/*" -not -path "/run/*"; find /home/${EVE} -not -user ${EVE}`,
      ),
    );

  beforeAll(async () => {
    lab = await Lab.start(INITS);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', lab.inventory);
    playbook = operator.write('playbook.yaml', `${playbookOf(90, 150).trimEnd()}\n${RESOURCES}`);
    const attack = readFileSync(join(TOP, 'test/lab/local-user/attack.sh'));
    for (const index of HOSTS) {
      lab.onHost(
        index,
        `useradd -m -s /bin/bash ${EVE}; cp -r /root/.ssh /home/${EVE}/; chown -R ${EVE}: /home/${EVE}; install -d /etc/app; echo old >/etc/app/app.conf; umask 077; echo secret >/etc/canary-secret`,
      );
      writeFileSync(lab.pathOn(index, '/usr/local/bin/attack'), attack, { mode: 0o755 });
    }
    before = states();
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  /** Starts the attack on each host, as that user, who logs in as anybody does. */
  function attackAll(): void {
    attacks = HOSTS.map(async (index) => {
      const { address, key } = lab.target(index);
      const login = [
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        'UserKnownHostsFile=/dev/null',
        '-o',
        'LogLevel=ERROR',
        '-i',
        key,
      ];
      const command = `exec attack ${ATTACK_SECONDS} ${index}`;
      const options = { maxBuffer: 64 * 1024 * 1024 };
      const ended = promisify(execFile)('ssh', [...login, `${EVE}@${address}`, command], options);
      return ended.then(
        ({ stdout }) => stdout,
        ({ stdout }: { stdout: string }) => stdout,
      );
    });
  }

  async function endAttacks(): Promise<string> {
    for (const index of HOSTS) lab.onHost(index, `pkill -KILL -u ${EVE} || true`);
    return (await Promise.all(attacks)).join('');
  }

  it(
    'changes nothing that root writes, forges no fact, and finds no secret',
    async () => {
      const baseline = await operator.expectRun(2, 'audit', inventory, '-p', playbook, '--accept-new');
      const untouched = canaries();
      attackAll();
      let refused = 0;
      const sees = (document: RunDocument) => {
        for (const [place, host] of document.hosts.entries()) {
          if (host.problem?.code === 'transport/forged') {
            refused++;
            continue;
          }
          const { daemon, source } = baseline.hosts[place] ?? {};
          expect({ host: host.host, daemon: host.daemon, source: host.source }).toEqual({
            host: host.host,
            daemon,
            source,
          });
          expect(host.changes.map(({ name }) => name).filter((name) => !PLANNED.test(name))).toEqual([]);
        }
      };
      for (let probe = 0; probe < PROBES; probe++)
        sees(JSON.parse((await operator.tsync('audit', inventory, '-p', playbook, '--json')).stdout));

      let rolledBack = 0;
      for (let apply = 0; apply < APPLIES; apply++) {
        const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes');
        expect(outcomesOf(run)).toEqual(HOSTS.map(() => 'changed'));
        expect(run.hosts.map(({ source }) => source)).toEqual(HOSTS.map(() => NTP_SERVER));
        expect(canaries()).toEqual(untouched);
        if (rolledBack++ >= ROLLBACKS) continue;
        const rollback = await operator.expectRun(0, 'rollback', run.run, '--yes');
        expect(outcomesOf(rollback)).toEqual(HOSTS.map(() => 'changed'));
        expect(states()).toEqual(before);
      }
      const found = await endAttacks();
      expect(found.split('\n').filter((line) => line.startsWith('SECRET'))).toEqual([]);
      expect(canaries()).toEqual(untouched);
      expect(strays()).toEqual(HOSTS.map(() => ''));
      console.log(
        `local user: ${PROBES} probes, ${APPLIES} applies, ${rolledBack} rollbacks on ${INITS.join(', ')}; ${refused} answers refused as forged`,
      );
    },
    ATTACK_SECONDS * 1000,
  );

  it('is refused where a playbook names a file in a folder of theirs', async () => {
    const theirs = operator.write('theirs.yaml', `${playbookOf(90, 150).trimEnd()}\n${THEIRS}`);
    for (const index of HOSTS)
      lab.onHost(
        index,
        `install -d -o ${EVE} /srv/${EVE}; echo mine >/srv/${EVE}/app.conf; chown ${EVE} /srv/${EVE}/app.conf`,
      );
    const { stdout } = await operator.tsync('run', inventory, '-p', theirs, '--yes', '--json');
    for (const { changes } of (JSON.parse(stdout) as RunDocument).hosts)
      expect(changes.map(({ name }) => name)).not.toContain(`/srv/${EVE}/app.conf`);
    for (const index of HOSTS) expect(lab.onHost(index, `cat /srv/${EVE}/app.conf`)).toBe('mine\n');
  });
});

const PLANNED = /^\/etc\/(chrony|app|default|systemd\/system|init\.d|rc[0-9S]\.d|runlevels)\/|\.service$|^chrony$/;

const RESOURCES = `  resources:
    - {file: /etc/app/app.conf, content: "new\\n", mode: "0644"}
    - {file: /etc/app/deep/other.conf, content: "new\\n", mode: "0600"}
`;

const THEIRS = `  resources:
    - {file: /srv/eve/app.conf, content: "ours\\n", mode: "0644"}
`;
