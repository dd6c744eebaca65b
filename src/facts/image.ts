import { known, unknown } from './fact.js';
import type { Facts } from './facts.js';

/** Images that are replaced as a whole, where packages and /usr cannot be changed in place. */
export function imageFact(os: Facts['os'], system: ReadonlyMap<string, string | null>): Facts['image'] {
  if (system.size === 0) return unknown('the probe did not look at /run');
  if (system.get('ostree') === 'yes') return known('ostree');
  if (os.value === null) return unknown(os.reason);
  if (os.value.family === 'flatcar') return known('flatcar');
  return known(/micro/.test(os.value.id) ? 'transactional' : 'none');
}
