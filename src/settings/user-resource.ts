/** A resource that the playbook asks for by name, as its setting `resources` says it. null: that part is left as it is. */
export type UserResource =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** null: the file is to be absent. */
      readonly bytes: Uint8Array | null;
      /** Four octal digits. */
      readonly mode: string | null;
      readonly owner: string | null;
      readonly group: string | null;
      /** Unit with suffix that is restarted when the file changes, if it runs. */
      readonly restart: string | null;
    }
  | {
      readonly kind: 'service';
      /** With suffix. */
      readonly unit: string;
      readonly active: boolean | null;
      readonly enabled: boolean | null;
      readonly masked: boolean | null;
    }
  | {
      readonly kind: 'module-parameter';
      readonly module: string;
      readonly parameter: string;
      readonly value: string;
    };

/** `file /etc/motd`: how a resource is called in findings. */
export function nameOf(resource: UserResource): string {
  switch (resource.kind) {
    case 'file':
      return `file ${resource.path}`;
    case 'service':
      return `service ${resource.unit}`;
    case 'module-parameter':
      return `module parameter ${resource.module}.${resource.parameter}`;
  }
}

/** The options file that brings a parameter at boot; one for each module. */
export function optionsPath(module: string): string {
  return `/etc/modprobe.d/tsync-playbook-${module}.conf`;
}
