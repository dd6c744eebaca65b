import type { Json } from '#inventory/host.js';
import type { UserResource } from '#settings/user-resource.js';
import { textToBytes } from '#snapshot/bytes.js';
import { modeOf, splitParameter, unitOf } from './user-resource-words.js';

/** Where the loader puts the bytes of a `src`, in base64; nobody writes it, the schema does not know it. */
export const LOADED = 'loaded';

/** One entry of `resources` that was checked, as data; undefined where it was not checked and is wrong. */
export function readUserResource(value: Json): UserResource | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const map = value as { readonly [key: string]: Json };
  if (typeof map.file === 'string') return readFile(map.file, map);
  if (typeof map.service === 'string') return readService(map.service, map);
  if (typeof map.module_parameter === 'string') return readParameter(map.module_parameter, map.value ?? null);
  return undefined;
}

type Written = { readonly [key: string]: Json };

function readFile(path: string, { content, state, mode, owner, group, restart, [LOADED]: loaded }: Written) {
  const bytes =
    typeof content === 'string'
      ? new TextEncoder().encode(content)
      : typeof loaded === 'string'
        ? textToBytes(atob(loaded))
        : null;
  if (bytes === null && state !== 'absent') return undefined;
  return {
    kind: 'file',
    path,
    bytes,
    mode: modeOf(mode),
    owner: text(owner),
    group: text(group),
    restart: typeof restart === 'string' ? unitOf(restart) : null,
  } as const;
}

function readService(name: string, { state, enabled, masked }: Written): UserResource {
  const active = state === 'running' ? true : state === 'stopped' ? false : null;
  return { kind: 'service', unit: unitOf(name), active, enabled: flag(enabled), masked: flag(masked) };
}

function readParameter(name: string, value: Json): UserResource | undefined {
  const [module, parameter] = splitParameter(name) ?? [];
  if (module === undefined || parameter === undefined) return undefined;
  return { kind: 'module-parameter', module, parameter, value: kernelText(value) };
}

/** YAML makes booleans of yes and no; the kernel writes Y and N. */
function kernelText(value: Json): string {
  return typeof value === 'boolean' ? (value ? 'Y' : 'N') : String(value);
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function flag(value: Json | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null;
}
