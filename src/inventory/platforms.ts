/** What an image tree can be made for: no tree can tell where it will boot. */
export const PLATFORMS = ['azure', 'hyperv', 'aws', 'gcp', 'kvm', 'vmware', 'none'] as const;
export type PlatformName = (typeof PLATFORMS)[number];
