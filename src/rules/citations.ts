/** Microsoft's page on time in Linux VMs, which several rules cite. */
export const AZURE = 'https://learn.microsoft.com/azure/virtual-machines/linux/time-sync';
