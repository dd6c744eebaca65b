// `npm run bench -- --compare REV`: client CPU of an audit here against the same audit by another revision, in pairs, on loopback.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.mjs';
import { startSshd } from './sshd.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));

/**
 * Builds the other revision in a work tree of its own with the packages installed here, and prints the ratio of each pair.
 * @param {string} revision what git knows it by
 * @param {number} hosts how many hosts an audit reaches
 * @param {number} pairs how many times both revisions take their turn
 */
export async function compareWith(revision, hosts, pairs) {
  const folder = mkdtempSync(join(tmpdir(), 'tsync-bench-compare-'));
  const other = join(folder, 'other');
  let server = null;
  process.on('exit', () => {
    server?.stop();
    spawnSync('git', ['-C', top, 'worktree', 'remove', '--force', other]);
    rmSync(folder, { recursive: true, force: true });
  });
  run('git', ['-C', top, 'worktree', 'add', '--detach', other, revision]);
  symlinkSync(join(top, 'node_modules'), join(other, 'node_modules'));
  run(process.execPath, ['scripts/build.mjs'], { cwd: other });
  server = await startSshd();

  const inventory = join(folder, 'inventory.yaml');
  const lines = Array.from(
    { length: hosts },
    (_, at) => `    host-${at}: {ansible_host: 127.0.${1 + Math.floor(at / 250)}.${1 + (at % 250)}}`,
  );
  const vars = `{ansible_user: ${server.user}, ansible_port: ${server.port}, ansible_ssh_private_key_file: ${server.key}}`;
  writeFileSync(inventory, ['all:', `  vars: ${vars}`, '  hosts:', ...lines, ''].join('\n'));

  const audit = async (tree) => {
    const home = join(folder, tree === top ? 'home-here' : 'home-other');
    const env = {
      ...process.env,
      HOME: home,
      XDG_STATE_HOME: join(home, 'state'),
      XDG_CACHE_HOME: join(home, 'cache'),
    };
    const args = [join(tree, 'bin/tsync.js'), 'audit', inventory, '--json', '--known-hosts', server.knownHosts];
    const result = await measure(process.execPath, args, { env: { ...env, SSH_AUTH_SOCK: '' } });
    const report = JSON.parse(result.output.slice(result.output.indexOf('{'), result.output.lastIndexOf('}') + 1));
    const lost = report.hosts.filter(({ outcome }) => outcome === 'unreachable' || outcome === 'failed').length;
    if (lost > 0) throw new Error(`${lost} of ${hosts} hosts were not audited by ${tree}`);
    return result.cpuSeconds;
  };
  // The first of each fills its caches.
  await audit(top);
  await audit(other);
  const ratios = [];
  for (let pair = 0; pair < pairs; pair++) {
    const turns = pair % 2 === 0 ? [top, other] : [other, top];
    const seconds = {};
    for (const tree of turns) seconds[tree] = await audit(tree);
    ratios.push(seconds[top] / seconds[other]);
    const ms = (tree) => `${((seconds[tree] / hosts) * 1000).toFixed(2)} ms`;
    console.log(`pair ${pair + 1}: ${ms(top)} a host here, ${ms(other)} at ${revision}: ${ratios.at(-1).toFixed(3)}`);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))].toFixed(3);
  console.log(
    `client CPU, ${hosts} hosts, ${pairs} pairs: median ratio ${at(0.5)}, quartiles ${at(0.25)} to ${at(0.75)}`,
  );
}

function run(command, args, options = {}) {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || stdout}`);
}
