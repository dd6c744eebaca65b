import type { Algorithms } from 'ssh2';

/**
 * What is offered to a host, the cheapest secure first: curve25519, ed25519 and aes128-gcm cost the least CPU (libraries.md).
 * Nothing with SHA-1, CBC or DSA, and no group that the host chooses (docs/decisions/no-group-exchange.md), unless the host is
 * marked `legacy`, which adds what EL5 and EL6 need.
 *
 * @param knownTypes key types that are known of this host, put first, so that it is not asked for a key we do not know
 */
export function algorithmsFor(knownTypes: readonly string[], legacy: boolean): Algorithms {
  return {
    kex: legacy ? [...kex, ...legacyKex] : kex,
    cipher: legacy ? [...cipher, ...legacyCipher] : cipher,
    hmac: legacy ? [...hmac, ...legacyHmac] : hmac,
    serverHostKey: hostKeyAlgorithms(knownTypes, legacy),
    compress: ['none'],
  } as Algorithms;
}

function hostKeyAlgorithms(knownTypes: readonly string[], legacy: boolean): string[] {
  const offered = legacy ? [...hostKey, 'ssh-rsa'] : hostKey;
  if (knownTypes.length === 0) return offered;
  const known = (algorithm: string) => knownTypes.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...offered.filter(known), ...offered.filter((algorithm) => !known(algorithm))];
}

const kex = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
];
/** The group exchange is last: its group is tested for being prime first, which holds this process up for 0.5 to 60 s. */
const legacyKex = [
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group1-sha1',
];

const cipher = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
];
const legacyCipher = ['aes128-cbc', 'aes256-cbc'];

const hmac = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'];
const legacyHmac = ['hmac-sha1-etm@openssh.com', 'hmac-sha1'];

const hostKey = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];
