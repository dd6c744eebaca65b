import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { foldKeyOf, planDigestOf } from '#plan/digests.js';
import { type PlanFile, parsePlan, serialisePlan } from '#plan/plan-file.js';
import type { Change } from '#resources/resource.js';
import { asOps, type Lab, playbookOf } from '../lab.js';
import type { CommandResult, Operator, Running } from '../operator.js';
import { planKeyOf } from '../plan-key.js';

/** One host with a fault, and the person who changes it. */
export interface Scene {
  readonly lab: Lab;
  readonly index: number;
  readonly name: string;
  readonly operator: Operator;
  /** Whose programs on the host can be held at a point (kill-points.ts). */
  readonly holding: Operator;
  readonly inventory: string;
  readonly playbook: string;
  /** Runs that stand still at a point. */
  readonly started: Running[];
  /** Says that the fault is made now: the host is compared with what it is at this moment. */
  readonly mark: () => Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** Makes the fault, before anybody looks at the host; then it is marked. */
  readonly arrange?: (scene: Scene) => Promise<unknown>;
  /** Gives the end of the tsync that meets the fault. */
  readonly act: (scene: Scene) => Promise<CommandResult>;
  /** Once the host was compared: what else must be. */
  readonly afterwards?: (scene: Scene) => Promise<void>;
}

const inside =
  (command: string) =>
  ({ lab, index }: Scene) =>
    lab.inside(index, `set -e; ${command}`);

const common = (scene: Scene) => ['--yes', '--accept-new', '--json', '--limit', scene.name];

const run = (scene: Scene, ...more: readonly string[]) =>
  scene.operator.tsync('run', scene.inventory, '-p', scene.playbook, ...common(scene), ...more);

/** Makes a plan, lets something happen, marks the host, and applies the plan. */
const planThen =
  (happens: (scene: Scene, plan: string) => unknown) =>
  async (scene: Scene): Promise<CommandResult> => {
    const plan = await planned(scene);
    await happens(scene, plan);
    await scene.mark();
    return scene.operator.tsync('apply', plan, ...common(scene));
  };

async function planned(scene: Scene): Promise<string> {
  const { operator, inventory, playbook, name } = scene;
  const file = operator.write(`${name}.json`, '');
  const options = ['-p', playbook, '--accept-new', '--no-preflight', '--limit', name, '-o', file];
  await operator.expectRun(2, 'plan', inventory, ...options);
  return file;
}

/** A drop-in of chrony's unit, as systemd knows it from now on. */
const chronyUnit = (text: string) =>
  inside(
    `printf '[Service]\\n${text}\\n' >/etc/systemd/system/chrony.service.d/zz-fault.conf; systemctl daemon-reload`,
  );

export const FAULTS: readonly Fault[] = [
  {
    name: 'no space below /var/lib/tsync',
    arrange: async (scene) => {
      await disk('/var/lib/tsync', 256)(scene);
      await inside('cat /dev/zero >/var/lib/tsync/full 2>/dev/null || true')(scene);
    },
    act: run,
  },
  {
    name: 'no space where the configuration lies',
    arrange: async (scene) => {
      await inside('cp -a /etc/chrony /root/c')(scene);
      await disk('/etc/chrony', 256)(scene);
      await inside('cp -a /root/c/. /etc/chrony; cat /dev/zero >/etc/chrony/full 2>/dev/null || true')(scene);
      // what the file system had put aside for blocks that it then did not need
      await inside(
        'for n in 1 2 3 4; do sync -f /etc/chrony; dd if=/dev/zero of=/etc/chrony/full$n bs=1k 2>/dev/null || true; done',
      )(scene);
    },
    act: run,
  },
  {
    name: 'another process takes every free byte below /var/lib/tsync from the moment when the guard is armed',
    arrange: disk('/var/lib/tsync', 1024),
    act: async (scene) => {
      const first = await held(scene, 'after state armed');
      await eat(scene);
      release(scene);
      return first.ended;
    },
  },
  {
    name: 'the same, and then the change cannot be proved',
    arrange: async (scene) => {
      await disk('/var/lib/tsync', 1024)(scene);
      await silentServer(scene, 150);
    },
    act: async (scene) => {
      const first = await held(scene, 'after state armed', '--no-preflight');
      await eat(scene);
      release(scene);
      return first.ended;
    },
  },
  {
    name: '/var/lib/tsync lies in memory (tmpfs)',
    arrange: inside('mkdir -p /var/lib/tsync; mount -t tmpfs -o mode=700 tmpfs /var/lib/tsync'),
    act: run,
  },
  {
    name: '/etc/chrony lies in memory (ramfs), and /var/lib/tsync on the disk',
    arrange: inside(
      'cp -a /etc/chrony /root/c; mount -t ramfs -o mode=755 ramfs /etc/chrony; cp -a /root/c/. /etc/chrony',
    ),
    act: run,
  },
  {
    name: 'the state of an earlier run is lost, its guard still runs, and another run comes',
    act: async (scene) => {
      const first = await held(scene, 'after state applied');
      first.child.kill('SIGKILL');
      await first.ended;
      release(scene);
      await inside('rm /var/lib/tsync/tx/*/state')(scene);
      const second = await run(scene);
      await guardCame(scene);
      return second;
    },
  },
  { name: '/etc is read-only', arrange: inside('mount --bind /etc /etc; mount -o remount,bind,ro /etc'), act: run },
  {
    name: '/var/lib is read-only',
    arrange: inside('mount --bind /var/lib /var/lib; mount -o remount,bind,ro /var/lib'),
    act: run,
  },
  { name: 'chrony.conf is immutable', arrange: ({ lab, index }) => immutable(lab, index), act: run },
  {
    name: 'sudo was withdrawn between plan and apply',
    arrange: async (scene) => {
      await inside('echo "ops ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/ops')(scene);
      writeFileSync(scene.inventory, asOps(readFileSync(scene.inventory, 'utf8')));
    },
    act: planThen(inside('rm /etc/sudoers.d/ops')),
  },
  {
    name: 'the daemon does not start with the change',
    arrange: chronyUnit('ExecStartPre=/usr/bin/test ! -e /etc/chrony/sources.d/tsync.sources'),
    act: run,
  },
  {
    name: 'the daemon hangs when it is stopped (TimeoutStopSec=10)',
    arrange: chronyUnit('ExecStop=/bin/sleep infinity\\nTimeoutStopSec=10'),
    act: run,
  },
  {
    name: 'the daemon rejects the new configuration',
    act: planThen((scene, plan) =>
      writeFileSync(plan, withBadDirective(readFileSync(plan, 'utf8'), planKeyOf(scene.operator))),
    ),
  },
  {
    name: 'chrony.conf had a line that chronyd does not know, and chronyd still runs from before',
    arrange: inside('echo no_such_directive >>/etc/chrony/chrony.conf'),
    act: run,
  },
  {
    name: 'chronyd failed before, at a server line that the change switches off',
    arrange: inside('echo server >/etc/chrony/conf.d/site.conf; systemctl restart chrony || true'),
    act: run,
  },
  {
    name: 'the server does not answer the host (asked before the change)',
    arrange: (scene) => silentServer(scene),
    act: run,
  },
  {
    name: 'the server does not answer the host (not asked before: --no-preflight)',
    arrange: (scene) => silentServer(scene),
    act: (scene) => run(scene, '--no-preflight'),
  },
  {
    name: 'the host was edited between plan and apply',
    act: planThen(inside('echo "# a word of mine" >>/etc/chrony/chrony.conf')),
  },
  {
    name: 'another operator is at work',
    act: planThen((scene) => held(scene, 'after state armed')),
    afterwards: async (scene) => {
      const { started } = scene;
      release(scene);
      const { code, stderr } = (await started[0]?.ended) ?? { code: null, stderr: 'it was never begun' };
      if (code !== 0) throw new Error(`the first operator's run ended with ${code}\n${stderr}`);
    },
  },
  {
    name: 'the same plan is applied twice',
    act: planThen((scene, plan) => scene.operator.expectRun(0, 'apply', plan, '--yes')),
  },
  {
    name: 'sshd is restarted and every connection cut in mid-apply',
    act: async (scene) => {
      const first = await held(scene, 'after journal file:/etc/chrony/chrony.conf begin');
      await inside('systemctl restart ssh; pkill -KILL -f "sshd: [r]oot@notty" || true')(scene);
      return first.ended;
    },
  },
  {
    name: '/tmp and /var are mounted noexec',
    arrange: inside(
      'mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp; mount --bind /var /var; mount -o remount,bind,noexec /var',
    ),
    act: run,
  },
];

/** A file system of its own, of so many KiB: what is in memory is refused, and what lies on the host's own disk is not full. */
function disk(folder: string, kib: number) {
  return async (scene: Scene): Promise<void> => {
    await inside(`mkdir -p ${folder}
      for n in $(seq 0 63); do [ -b /dev/loop$n ] || mknod /dev/loop$n b 7 $n; done
      [ -c /dev/loop-control ] || mknod /dev/loop-control c 10 237
      truncate -s ${kib}K /root/disk
      mkfs.ext4 -q -m 0 -N 96 /root/disk
      mount -o loop /root/disk ${folder}
      rmdir ${folder}/lost+found`)(scene);
  };
}

/** Starts what takes every byte that becomes free below /var/lib/tsync, and waits until none is. */
async function eat(scene: Scene): Promise<void> {
  await inside(`setsid sh -c 'while :; do cat /dev/zero; sleep 0.01; done >>/var/lib/tsync/eaten 2>/dev/null' >/dev/null 2>&1 </dev/null &
    for i in $(seq 100); do ! echo >/var/lib/tsync/probe || break; rm -f /var/lib/tsync/probe; sleep 0.1; done 2>/dev/null; true`)(
    scene,
  );
  await inside(
    'until ! head -c 4096 /dev/zero >/var/lib/tsync/probe; do sleep 0.1; done 2>/dev/null; rm -f /var/lib/tsync/probe',
  )(scene);
}

/** Lets the program go on that was held. */
function release({ lab, index }: Scene): void {
  writeFileSync(lab.pathOn(index, '/hold/go'), '');
}

const AT_WORK = 'systemctl list-units --state=active,activating,deactivating --no-legend --plain "tsync-*"';

/** Until the guard has taken back what is open. */
async function guardCame({ lab, index, name }: Scene): Promise<void> {
  const until = performance.now() + 180_000;
  const isOver = async () =>
    lab.transactionsOf(index).at(-1) === 'reverted' && (await lab.inside(index, AT_WORK)).trim() === '';
  while (!(await isOver())) {
    if (performance.now() > until) throw new Error(`no guard came on ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

const SETTLE_SECONDS = 60;

/** A playbook for one host; `server` overrides the lab's. */
export const faultPlaybook = (): string => playbookOf(SETTLE_SECONDS, SETTLE_SECONDS + 35);

/** An address of the lab's network that nobody has. */
async function silentServer(scene: Scene, guardSeconds = 45): Promise<void> {
  const text = playbookOf(8, guardSeconds).replace(/ntp_servers: \[(.*)\.1\]/, 'ntp_servers: [$1.250]');
  writeFileSync(scene.playbook, text);
}

async function immutable(lab: Lab, index: number): Promise<void> {
  await lab.inside(index, 'chattr +i /etc/chrony/chrony.conf');
}

/** Starts a run whose program on the host stands still at a point, and waits until it is there. */
async function held(scene: Scene, point: string, ...more: readonly string[]) {
  const { lab, index, holding, inventory, playbook } = scene;
  await inside(`mkdir -p /hold; echo "tsync ${point}" >/hold/at`)(scene);
  const started = holding.start(['run', inventory, '-p', playbook, ...common(scene), ...more]);
  scene.started.push(started);
  const until = performance.now() + 150_000;
  while (!existsSync(lab.pathOn(index, '/hold/reached'))) {
    if (performance.now() > until) throw new Error(`${scene.name} never came to ${point}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return started;
}

/** The same plan, but its edit of chrony.conf ends in a line that chronyd does not know. */
function withBadDirective(text: string, key: Uint8Array): string {
  const saved = parsePlan(text, 'plan', { key, sha256: null });
  const plans: PlanFile['plans'] = saved.plans.map((plan) => {
    const whole = { ...plan, changes: plan.changes.map(spoilt) };
    return { ...whole, planDigest: planDigestOf(whole), foldKey: foldKeyOf(whole) };
  });
  return serialisePlan({ ...saved, plans }, key);
}

function spoilt(change: Change): Change {
  if (change.kind !== 'file' || change.name !== '/etc/chrony/chrony.conf' || change.after === null) return change;
  const bytes = Buffer.concat([change.after.bytes, Buffer.from('no_such_directive\n')]);
  return { ...change, after: { ...change.after, bytes: new Uint8Array(bytes) } };
}
