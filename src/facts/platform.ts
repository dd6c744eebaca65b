import { known, shown, unknown } from './fact.js';
import type { Cloud, Fact, Virtualization } from './facts.js';
import type { Sections } from './sections.js';

/** What the firmware and the kernel say about the machine. Every value may be missing. */
export interface Platform {
  readonly virtualization: Fact<Virtualization>;
  readonly cloud: Fact<Cloud>;
}

export function platformOf(sections: Sections, system: ReadonlyMap<string, string | null>): Platform {
  const marks = readMarks(sections, system);
  return { virtualization: virtualization(marks), cloud: cloud(marks) };
}

interface Marks {
  readonly vendor: string;
  readonly product: string;
  readonly bios: string;
  /** null: it is there, and root alone may read it. */
  readonly assetTag: string | null;
  readonly hasDmi: boolean;
  readonly hypervisor: string;
  readonly virtual: string | null;
  readonly vmbus: boolean;
  readonly container: boolean;
  readonly wsl: boolean;
  readonly ec2: boolean;
  readonly agent: boolean;
}

function readMarks(sections: Sections, system: ReadonlyMap<string, string | null>): Marks {
  const tag = system.get('dmi.chassis_asset_tag');
  return {
    vendor: system.get('dmi.sys_vendor')?.trim() ?? '',
    product: system.get('dmi.product_name')?.trim() ?? '',
    bios: `${system.get('dmi.bios_vendor') ?? ''} ${system.get('dmi.bios_version') ?? ''}`,
    assetTag: tag === null ? null : (tag?.trim() ?? ''),
    hasDmi: system.get('dmi') === 'yes',
    hypervisor: system.get('hypervisor') ?? '',
    virtual: system.get('virtual') ?? null,
    vmbus: sections.lines('hyperv').includes('vmbus'),
    container: Boolean(system.get('container')) || system.get('container-mark') === 'yes',
    wsl: system.get('wsl') === 'yes' || /microsoft/i.test(sections.text('uname')),
    agent: system.get('waagent') === 'yes',
    ec2: system.get('ec2') === 'yes',
  };
}

function virtualization(marks: Marks): Fact<Virtualization> {
  if (marks.wsl) return known('wsl');
  if (marks.container) return known('container');
  if (isMicrosoft(marks)) return known('hyperv');
  if (marks.vendor.startsWith('VMware')) return known('vmware');
  if (marks.hypervisor === 'xen' || marks.vendor === 'Xen' || marks.product === 'HVM domU') return known('xen');
  if (KVM.test(`${marks.vendor}|${marks.product}`)) return known('kvm');
  // kernels before 2.6.30 know no such flag, and those have no DMI folder either
  if (marks.virtual === 'no' && marks.hasDmi) return known('none');
  if (marks.virtual === 'yes') return known('other');
  return unknown('neither the firmware nor the processor says whether this is a virtual machine');
}

const KVM = /QEMU|KVM|Amazon EC2|Google|OpenStack|Alibaba|Red Hat|oVirt|RHEV|DigitalOcean|Hetzner|Nutanix/;

function isMicrosoft({ vendor, product, vmbus }: Marks): boolean {
  return (vendor === 'Microsoft Corporation' && product === 'Virtual Machine') || (vmbus && vendor === '');
}

/** The asset tag of every Azure guest, "MSFT AZURE VM" in decimal; cloud-init goes by it too. Plain Hyper-V has another. */
export const AZURE_ASSET_TAG = '7783-7084-3265-9085-8269-3286-77';

function cloud(marks: Marks): Fact<Cloud> {
  if (marks.wsl) return known('none');
  if (marks.assetTag === AZURE_ASSET_TAG) return known('azure');
  if (marks.vendor === 'Amazon EC2' || marks.ec2 || /amazon/i.test(marks.bios)) return known('aws');
  if (marks.product === 'Google Compute Engine' || marks.vendor === 'Google') return known('gcp');
  if (marks.assetTag === 'OracleCloud.com') return known('oci');
  if (/^Alibaba Cloud/.test(marks.vendor) || /^Alibaba Cloud/.test(marks.product)) return known('alibaba');
  if (isMicrosoft(marks) && (marks.assetTag === null || !marks.hasDmi)) return azureByAgent(marks);
  if (marks.hasDmi) return known('none');
  return unknown('there is no DMI to read the cloud from');
}

function azureByAgent({ agent }: Marks): Fact<Cloud> {
  return agent ? known('azure') : unknown('the chassis asset tag, which tells Azure from Hyper-V, could not be read');
}

/** Of an Azure VM, as cloud-init wrote it down from the instance metadata. */
export function vmSizeFact(system: ReadonlyMap<string, string | null>): Fact<string> {
  const size = system.get('vm-size');
  return size ? known(shown(size, 80)) : unknown('cloud-init wrote down no size of this VM');
}
