import type { ConfigLine } from '#config/config-line.js';
import type { Facts } from '#facts/facts.js';

/** A server that is known to smear leap seconds: Google's and Amazon's. */
export function isSmearing({ line }: { readonly line: ConfigLine }, { cloud }: Pick<Facts, 'cloud'>): boolean {
  const address = addressOf(line.args[0]);
  return SMEARING.test(address) || (cloud.value === 'gcp' && GOOGLE_METADATA.test(address));
}

/** A server that is known not to. Of any other nobody can tell from here. */
export function isUnsmeared({ line }: { readonly line: ConfigLine }): boolean {
  return UNSMEARED.test(addressOf(line.args[0]));
}

function addressOf(word: string | undefined): string {
  return (word ?? '').toLowerCase().replace(/\.$/, '');
}

const SMEARING =
  /^(?:time[1-4]?\.google\.com|time\.android\.com|216\.239\.35\.(?:0|4|8|12)|metadata\.google\.internal|169\.254\.169\.123|fd00:ec2::123|time\.aws\.com)$/;
const GOOGLE_METADATA = /^(?:metadata|169\.254\.169\.254)$/;
const UNSMEARED =
  /^(?:(?:.*\.)?pool\.ntp\.org|time\.windows\.com|(?:.*\.)?nist\.gov|(?:.*\.)?ntp\.ubuntu\.com|ntp-bootstrap\.ubuntu\.com|ptbtime[1-4]\.ptb\.de)$/;
