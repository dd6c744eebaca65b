/** What one part of a host (its base, its hardware, a daemon) brings. Paths relative to the host's folder. */
export interface Part {
  readonly files?: { readonly [path: string]: string };
  readonly links?: { readonly [path: string]: string };
  readonly folders?: readonly string[];
  readonly commands?: readonly string[];
  readonly packages?: readonly string[];
}
