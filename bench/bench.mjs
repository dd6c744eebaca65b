// `npm run bench`: what an audit of 100 hosts costs the client, against other tools in the same run, on loopback.
//   node bench/bench.mjs [HOSTS] [AT A TIME]
//   node bench/bench.mjs --compare REV [HOSTS] [PAIRS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRelay } from '../scripts/relay.mjs';
import { compareWith } from './compare.mjs';
import { measure } from './measure.mjs';
import { startSshd } from './sshd.mjs';

if (process.argv[2] === '--compare') {
  const [revision = 'HEAD', hosts = 100, pairs = 10] = process.argv.slice(3);
  await compareWith(revision, Number(hosts), Number(pairs));
  process.exit(0);
}

const HOSTS = Number(process.argv[2] ?? 100);
const AT_A_TIME = Number(process.argv[3] ?? 20);
// tsync and ssh take turns, and the middle of each counts: a machine that is busy for a while then decides nothing.
const ROUNDS = 3;
const KEX = 'curve25519-sha256';
const top = fileURLToPath(new URL('..', import.meta.url));
const tsync = join(top, 'bin', 'tsync.js');

const server = await startSshd();
const folder = mkdtempSync(join(tmpdir(), 'tsync-bench-client-'));
process.on('exit', () => {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const addresses = Array.from(
  { length: HOSTS },
  (_, index) => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
);
const sshOptions = [
  '-F',
  'none',
  '-o',
  `KexAlgorithms=${KEX}`,
  '-o',
  `UserKnownHostsFile=${server.knownHosts}`,
  '-o',
  'StrictHostKeyChecking=yes',
  '-o',
  'BatchMode=yes',
  '-o',
  'IdentitiesOnly=yes',
  '-i',
  server.key,
  '-l',
  server.user,
];
const home = {
  env: {
    ...process.env,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    SSH_AUTH_SOCK: '',
  },
};

const rows = [];
const inventory = writeInventory(
  'inventory.yaml',
  addresses.map((address) => [address, server.port]),
);
const auditArguments = ['audit', inventory, '--forks', String(AT_A_TIME), '--known-hosts', server.knownHosts];
await measure(
  process.execPath,
  [tsync, 'audit', writeInventory('one.yaml', [[addresses[0], server.port]]), '--known-hosts', server.knownHosts],
  home,
);

const list = join(folder, 'hosts');
writeFileSync(list, addresses.join('\n'));
const audits = [];
const sshs = [];
for (let round = 0; round < ROUNDS; round++) {
  audits.push(await auditAll());
  sshs.push(await sshAll());
}
const audit = middleOf(audits);
const ssh = middleOf(sshs);
rows.push(['tsync audit', audit], [`ssh HOST true (${KEX})`, ssh]);

if (installed('clush')) {
  const options = `${sshOptions.join(' ')} -p ${server.port}`;
  const clush = await measure(
    'clush',
    ['-f', String(AT_A_TIME), '-w', addresses.join(','), '-o', options, '-b', 'true'],
    home,
  );
  rows.push([clush.code === 0 ? 'clush true' : `clush (exit ${clush.code})`, clush]);
}
if (installed('ansible')) {
  const args = [
    'all',
    '-i',
    inventory,
    '-m',
    'ansible.builtin.setup',
    '-f',
    String(AT_A_TIME),
    '--ssh-common-args',
    sshOptions.join(' '),
  ];
  const ansible = await measure('ansible', args, {
    env: { ...home.env, ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_STDOUT_CALLBACK: 'minimal' },
  });
  rows.push([ansible.code === 0 ? 'ansible -m setup' : `ansible (exit ${ansible.code})`, ansible]);
}

console.log(`\n${HOSTS} hosts, ${AT_A_TIME} at a time, one sshd on loopback, key exchange ${KEX}`);
console.log(`tsync and ssh: the middle of ${ROUNDS} rounds\n`);
console.log('                                client CPU a host      wall    memory');
for (const [name, { cpuSeconds, wallSeconds, memoryMiB }] of rows) {
  const cpuMs = `${((cpuSeconds / HOSTS) * 1000).toFixed(1)} ms`;
  console.log(
    `${name.padEnd(34)}${cpuMs.padStart(15)}${`${wallSeconds.toFixed(1)} s`.padStart(10)}${`${memoryMiB.toFixed(0)} MiB`.padStart(10)}`,
  );
}
console.log();
for (const [name, { cpuSeconds }] of rows.slice(1))
  console.log(`client CPU ratio to ${name.split(' ')[0]}: ${(audit.cpuSeconds / cpuSeconds).toFixed(2)}`);

const relay = await startRelay({ port: server.port, delayMs: 25 });
const oneHost = writeInventory('relay.yaml', [['127.0.0.1', relay.port]]);
const relayed = await measure(process.execPath, [tsync, 'audit', oneHost, '--known-hosts', server.knownHosts], home);
if (relayed.code !== 0 && relayed.code !== 2) throw new Error(`tsync through the relay: ${relayed.output}`);
const ours = relay.turns;
relay.reset();
await measure('ssh', [...sshOptions, '-p', String(relay.port), '127.0.0.1', 'true'], home);
console.log(`network turnarounds of one whole audit: ${ours}, of ssh HOST true: ${relay.turns}`);
relay.close();
process.exit(0);

async function auditAll() {
  const result = await measure(process.execPath, [tsync, ...auditArguments, '--json'], home);
  const { output } = result;
  const { hosts } = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
  const reached = hosts.filter((host) => host.outcome !== 'unreachable' && host.outcome !== 'failed').length;
  if (reached !== HOSTS) throw new Error(`tsync audited ${reached} of ${HOSTS} hosts:\n${output.slice(0, 2000)}`);
  return result;
}

async function sshAll() {
  const each = `ssh ${sshOptions.join(' ')} -p ${server.port} {} true`;
  const result = await measure('sh', ['-c', `xargs -P ${AT_A_TIME} -I {} ${each} <"${list}"`], home);
  if (result.code !== 0) throw new Error(`ssh: ${result.output.slice(-500)}`);
  return result;
}

/** The run with the median of client CPU. */
function middleOf(runs) {
  return runs.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor(runs.length / 2)];
}

function writeInventory(name, hosts) {
  const file = join(folder, name);
  const lines = hosts.map(
    ([address, port]) =>
      `    ${JSON.stringify(`host-${address}-${port}`)}: {ansible_host: ${address}, ansible_port: ${port}}`,
  );
  const vars = `  vars: {ansible_user: ${server.user}, ansible_ssh_private_key_file: ${JSON.stringify(server.key)}}`;
  writeFileSync(file, ['all:', vars, '  hosts:', ...lines, ''].join('\n'));
  return file;
}

function installed(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}
