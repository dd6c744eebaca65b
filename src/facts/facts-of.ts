import type { Snapshot } from '#snapshot/snapshot.js';
import { aroundOf } from './around.js';
import { bounded } from './bounds.js';
import { chronyOf } from './chrony.js';
import { daemonsOf } from './daemons.js';
import { dhcpServersFact } from './dhcp-servers.js';
import { known, unknown, whenKnown } from './fact.js';
import type { Facts } from './facts.js';
import { filesOf } from './files.js';
import { hypervOf } from './hyperv.js';
import { imageFact } from './image.js';
import { imageFacts } from './image-tree.js';
import { bootHookFact, initFact, systemdVersionFact } from './init.js';
import { initScriptsFact } from './init-scripts.js';
import { clocksourceFact, clocksourcesFact, kernelFact, selinuxFact, uptimeFact } from './kernel.js';
import { kernelLogOf } from './kernel-log.js';
import { moduleParametersOf } from './module-parameters.js';
import { ntpdFact } from './ntpd.js';
import { openntpdFact } from './openntpd.js';
import { osFact } from './os.js';
import { packageManagerFact } from './package-manager.js';
import { packagesFact, unfinishedPackagesFact } from './packages.js';
import { platformOf, vmSizeFact } from './platform.js';
import { processesOf } from './processes.js';
import { ptpFact } from './ptp.js';
import { servicesOfScripts } from './script-services.js';
import { indexSections } from './sections.js';
import { servicesOf } from './services.js';
import { timesyncdFact } from './timesyncd.js';
import { openPackageWorkFact, openTransactionsFact } from './transactions.js';

/**
 * What a snapshot means. Total: whatever bytes a host sent, every fact is a value or null with the reason; nothing is thrown.
 * Same snapshot, same facts.
 */
export function factsOf(snapshot: Snapshot): Facts {
  const sections = indexSections(bounded(snapshot));
  const system = sections.values('system');
  const init = initFact(system);
  const systemdVersion = systemdVersionFact(sections, init);
  const chrony = chronyOf(sections);
  const processes = processesOf(sections);
  const packages = packagesFact(sections);
  const os = osFact(sections);
  const initScripts = initScriptsFact(sections, init);
  const services =
    init.value === 'systemd' || init.value === null
      ? servicesOf(sections)
      : servicesOfScripts({ sections, initScripts, processes, packages });
  const isImage = system.get('image') === 'yes';
  const facts: Facts = {
    place: isImage ? 'image' : system.get('here') === 'yes' ? 'here' : 'remote',
    os,
    kernel: kernelFact(sections),
    init,
    systemdVersion,
    ...platformOf(sections, system),
    clocksource: clocksourceFact(system),
    clocksources: clocksourcesFact(system),
    hyperv: hypervOf(sections, kernelLogOf(sections)),
    ptp: ptpFact(sections),
    daemons: daemonsOf({ sections, init, initScripts, systemdVersion, services, processes, packages, chrony }),
    chrony,
    timesyncd: timesyncdFact(sections, system),
    ntpd: ntpdFact(sections),
    openntpd: openntpdFact(sections),
    packages: whenKnown(packages, (versions) => known(Object.fromEntries(versions))),
    unfinishedPackages: unfinishedPackagesFact(sections),
    packageManager: packageManagerFact(os),
    openPackageWork: openPackageWorkFact(sections),
    initScripts,
    bootHook: bootHookFact(system, init),
    dhcpServers: dhcpServersFact(sections),
    image: imageFact(os, system),
    vmSize: vmSizeFact(system),
    services,
    files: filesOf(sections),
    clock: clockFact(snapshot, system.get('here') === 'yes'),
    uptimeSeconds: uptimeFact(system),
    root: sections.text('uid').trim() === '0',
    selinux: selinuxFact(system, system.size > 0),
    openTransactions: openTransactionsFact(sections),
    around: aroundOf(sections, system, processes),
    moduleParameters: moduleParametersOf(sections),
  };
  return isImage ? imageFacts(facts, system.get('platform') ?? undefined) : facts;
}

/** A clock that is measured against itself is always right. */
function clockFact({ clock }: Snapshot, isHere: boolean): Facts['clock'] {
  if (isHere) return unknown('it is the clock of the machine that tsync runs on: it cannot be measured against itself');
  return clock === null ? unknown('the clock was not measured') : known(clock);
}
