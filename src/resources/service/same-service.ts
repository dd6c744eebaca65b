import type { States } from '../resource.js';

export function sameService(a: States['service'], b: States['service']): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.active === b.active &&
    a.masked === b.masked &&
    a.links.length === b.links.length &&
    a.links.every((link, index) => link === b.links[index])
  );
}
