import type { Json } from './host.js';

/** Variables that every host has without their being written, as in Ansible. */
export const MAGIC_VARIABLES = [
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_file',
  'inventory_dir',
  'group_names',
] as const;

/** The value of one of them, undefined for any other name. `inventory_dir` is relative where `file` is. */
export function magicVariable(
  name: string,
  host: { readonly name: string; readonly groups: readonly string[]; readonly file: string },
): Json | undefined {
  switch (name) {
    case 'inventory_hostname':
      return host.name;
    case 'inventory_hostname_short':
      return host.name.split('.')[0]!;
    case 'inventory_file':
      return host.file;
    case 'inventory_dir':
      return host.file.includes('/') ? host.file.slice(0, Math.max(1, host.file.lastIndexOf('/'))) : '.';
    case 'group_names':
      return host.groups.filter((group) => group !== 'all').sort();
    default:
      return undefined;
  }
}
