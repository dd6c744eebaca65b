import { printable } from '#errors/printable.js';
import type { ClockSource } from '#facts/clock-readings.js';
import { clockStateOf, DAEMON_PROGRAMS } from '#facts/clock-state.js';
import type { DaemonName, Fact, Facts } from '#facts/facts.js';
import { offsetText } from '#units/seconds.js';

/** One question that people ask about the time of a Hyper-V guest, and the answer as it stands for a host. */
export interface Question {
  readonly question: string;
  readonly answer: string;
}

/** The questions at the top of the old guide for Azure, answered from the facts of one host. Plain text, full sentences. */
export function answerQuestions(facts: Facts): readonly Question[] {
  const answers = [
    ['Is the clock set by Hyper-V at all: which host is this?', platform(facts)],
    ['Are the Linux Integration Services (LIS) there, and must anything be installed or started?', lisThere(facts)],
    ['Which version of LIS is it?', lisVersion(facts)],
    ['Is there a daemon of LIS for time, and does it matter?', NO_DAEMON],
    ['LIS or the Azure agent: does the agent do anything for the time?', agent(facts)],
    ['What does chrony configure here: LIS, or the PTP clock?', chronyConfigures(facts)],
    ['Is this an image of Azure or one of your own?', image(facts)],
    ['What is TimeSync version 4: is it NTP 4?', timeSync(facts)],
    ['Which PTP source is there?', ptp(facts)],
    ['What does the clock follow now?', follows(facts)],
  ] as const;
  return answers.map(([question, answer]) => ({ question, answer: printable(answer) }));
}

const NO_DAEMON =
  'No. The driver hv_utils of the kernel does it by itself; hv_kvp_daemon, hv_vss_daemon and hv_fcopy_daemon do other work (key values, backups, file copies).';

function isHyperv({ virtualization, cloud }: Facts): boolean {
  return virtualization.value === 'hyperv' || cloud.value === 'azure';
}

function platform(facts: Facts): string {
  const { virtualization, cloud, hyperv } = facts;
  if (!isHyperv(facts)) {
    return `No: this is ${said(virtualization)}${cloud.value === null || cloud.value === 'none' ? '' : ` in the cloud ${cloud.value}`}, not Hyper-V.`;
  }
  const where =
    cloud.value === 'azure' ? 'Azure' : cloud.value === null ? 'Hyper-V, perhaps Azure' : 'Hyper-V outside of Azure';
  const build =
    hyperv.hostBuild.value === null
      ? `its build is not known (${reason(hyperv.hostBuild)})`
      : `build ${hyperv.hostBuild.value} of the host`;
  return `Yes: ${where}, ${build}. ${offered(facts)}`;
}

/** Whether the host corrects the clock after a pause. */
function offered({ hyperv }: Facts): string {
  const { timeSyncOffered } = hyperv;
  if (timeSyncOffered.value === null) return `Whether it offers TimeSync is not known: ${reason(timeSyncOffered)}.`;
  return timeSyncOffered.value
    ? 'The host sets the clock at boot and after a pause.'
    : 'The host does not offer TimeSync to this VM: nothing corrects the clock after a pause.';
}

function lisThere(facts: Facts): string {
  if (!isHyperv(facts)) return 'They are for guests of Hyper-V; this is none.';
  const { moduleLoaded } = facts.hyperv;
  if (moduleLoaded.value === null) return `Not known: ${reason(moduleLoaded)}.`;
  return moduleLoaded.value
    ? 'Yes: the driver hv_utils is there. Nothing is to be installed or started.'
    : 'The driver hv_utils is not loaded: load it, now and at boot.';
}

function lisVersion(facts: Facts): string {
  if (!isHyperv(facts)) return 'None.';
  const { lis } = facts.hyperv;
  if (lis.value === null) return `Not known: ${reason(lis)}.`;
  if (lis.value.kind === 'downloaded') return `Downloaded, version ${lis.value.version}.`;
  const { kernel } = facts;
  return `That of the kernel: ${kernel.value === null ? `not known (${kernel.reason})` : kernel.value.release}.`;
}

function agent(facts: Facts): string {
  const nothing = 'The agent (waagent) neither sets nor configures the time.';
  return facts.cloud.value === 'azure' ? nothing : `${nothing} It is for Azure only.`;
}

function chronyConfigures({ chrony, daemons, ptp }: Facts): string {
  const daemon = daemons.find(({ name }) => name === 'chrony');
  if (daemon?.installed.value === null) return `Not known: ${reason(daemon.installed)}.`;
  if (daemon?.installed.value !== true) return 'chrony is not installed here.';
  const refclock = chrony.sources.value?.find(({ mode }) => mode === 'refclock');
  const never = 'It never configures LIS or hv_utils';
  if (chrony.sources.value === null)
    return `${never}. Whether it reads a PTP clock here is not known: ${reason(chrony.sources)}.`;
  if (refclock !== undefined)
    return `The PTP clock only: it reads ${refclock.name} (state ${refclock.state}). ${never}.`;
  const there = ptp.value?.some(({ clockName }) => clockName === 'hyperv')
    ? ', though the clock of the host is there'
    : '';
  return `Neither: it has no refclock${there}. ${never}.`;
}

function image({ cloud, chrony, daemons }: Facts): string {
  if (cloud.value === null) return `Not known: ${reason(cloud)}.`;
  if (cloud.value !== 'azure') return 'Not in Azure.';
  const isChrony = daemons.some(({ name, active }) => name === 'chrony' && active.value === true);
  const reads = chrony.sources.value?.some(({ mode }) => mode === 'refclock');
  const seen = !isChrony
    ? 'no chronyd runs'
    : reads
      ? 'chronyd reads the PTP clock, as in the newer images of Azure'
      : 'chronyd does not read the PTP clock, as in older images and in most of your own';
  return `No host says where its image came from; what counts is what it does, and here ${seen}.`;
}

function timeSync(facts: Facts): string {
  const what =
    "No. It is the version of Hyper-V's own messages: since 4.0 a sample says when it was taken, so that its delay can be taken out. NTP has nothing to do with it.";
  if (!isHyperv(facts)) return what;
  const { timeSyncVersion } = facts.hyperv;
  return timeSyncVersion.value === null
    ? `${what} Which version this host speaks is not known: ${reason(timeSyncVersion)}.`
    : `${what} This host speaks ${timeSyncVersion.value}.`;
}

function ptp({ ptp: devices }: Facts): string {
  if (devices.value === null) return `Not known: ${reason(devices)}.`;
  if (devices.value.length === 0) return 'None. The clock of a Hyper-V host needs Linux 4.11, or 3.10.0-693 on RHEL 7.';
  return `${devices.value.map(({ device, clockName, symlinks }) => `/dev/${device} is ${clockName}${symlinks.length === 0 ? '' : ` (${symlinks.join(', ')})`}`).join('; ')}.`;
}

function follows(facts: Facts): string {
  const { daemon, synchronised, source, measured } = clockStateOf(facts);
  if (daemon.value === null) return `Not known: ${daemon.reason}.`;
  const isSynchronised =
    synchronised.value === null
      ? `Whether it is synchronised is not known: ${synchronised.reason}.`
      : `It is ${synchronised.value ? '' : 'not '}synchronised.`;
  const offset =
    measured.value === null
      ? `How far it is off is not known: ${measured.reason}.`
      : `By our own measurement it is off by ${offsetText(measured.value.offsetSeconds, measured.value.boundSeconds)}.`;
  return `${followed(daemon.value, source)} ${isSynchronised} ${offset}`;
}

function followed(daemon: DaemonName | 'none', source: Fact<ClockSource>): string {
  if (daemon === 'none') return 'Nothing: no time daemon runs.';
  const program = DAEMON_PROGRAMS[daemon];
  if (source.value === null) return `Not known: ${source.reason}.`;
  switch (source.value.kind) {
    case 'none':
      return `No source, as far as ${program} says.`;
    case 'local':
      return `Nothing: ${program} follows ${source.value.name}, the clock of the host itself.`;
    case 'refclock':
      return `${program} follows ${source.value.name}, a reference clock.`;
    case 'server':
      return `${program} follows ${source.value.name}, an NTP server.`;
  }
}

function said(fact: Fact<string>): string {
  return fact.value === null ? `not known (${fact.reason})` : fact.value;
}

function reason(fact: Fact<unknown>): string {
  return fact.value === null ? (fact as { readonly reason: string }).reason : '';
}
