import type { DemoHost } from './fleet.js';

/** Where one simulated host listens, and what the operator believes its key to be. */
export interface DemoPlace {
  readonly host: DemoHost;
  readonly port: number;
  readonly knownKey: string;
  readonly folder: string;
}

/** The inventory of the simulated fleet, as a person would have written it. Pure: same places, same text. */
export function demoInventory(places: readonly DemoPlace[], privateKeyFile: string): string {
  const groups = [...new Set(places.map(({ host }) => host.platform))];
  return [
    '# The fleet of `tsync demo`: every host is a folder on this machine, behind an SSH server on 127.0.0.1.',
    '# Written anew at every start. tsync_root and tsync_bin keep the programs inside the folder; a simulated host',
    '# refuses to run anything without them.',
    'all:',
    '  vars:',
    '    ansible_host: 127.0.0.1',
    '    ansible_user: ops',
    `    ansible_ssh_private_key_file: ${JSON.stringify(privateKeyFile)}`,
    '    ansible_become: true',
    '    tsync:',
    '      rollout: {settle_timeout: 15, confirm_timeout: 60}',
    '  children:',
    ...groups.flatMap((group) => [
      `    ${group}:`,
      '      hosts:',
      ...places.filter(({ host }) => host.platform === group).flatMap(hostLines),
    ]),
    '',
  ].join('\n');
}

function hostLines({ host, port, knownKey, folder }: DemoPlace): string[] {
  return [
    `        # ${host.about}`,
    `        ${host.name}:`,
    `          ansible_port: ${port}`,
    `          host_key: ${knownKey}`,
    `          tsync_root: ${JSON.stringify(`${folder}/root`)}`,
    `          tsync_bin: ${JSON.stringify(`${folder}/bin`)}`,
    ...(host.settings.length > 0 ? ['          tsync:', ...host.settings.map((line) => `            ${line}`)] : []),
  ];
}

/** The same keys as known_hosts lines. */
export function demoKnownHosts(places: readonly DemoPlace[]): string {
  return places.map(({ port, knownKey }) => `[127.0.0.1]:${port} ${knownKey}\n`).join('');
}
