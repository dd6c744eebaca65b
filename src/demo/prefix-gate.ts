import type { Transform } from 'node:stream';
import { Transform as TransformStream } from 'node:stream';

/** More than this before the empty line is no list of parameters. */
const MAX_HEADER_BYTES = 65_536;

/**
 * Stands between the client and a program on a simulated host: lets the lines before the program through (a password, the
 * parameters), and the empty line that starts the program only if the parameters keep it inside this host's folder.
 * Otherwise `refuse` is called, once, and nothing more goes through.
 */
export function prefixGate(root: string, bin: string, refuse: (reason: string) => void): Transform {
  let header = '';
  let open = false;
  let refused = false;
  return new TransformStream({
    transform(chunk: Buffer, _encoding, done) {
      if (open) return done(null, chunk);
      if (refused) return done();
      const sent = header.length;
      header += chunk.toString('latin1');
      const end = header.startsWith('\n') ? 0 : header.indexOf('\n\n') + 1;
      const parametersEnd = header.startsWith('\n') || end > 0 ? end : -1;
      if (parametersEnd === -1 && header.length <= MAX_HEADER_BYTES) {
        // A line feed at the very end could be the start of the empty line, but not the empty line itself.
        return done(null, chunk);
      }
      const reason =
        parametersEnd === -1 ? 'the parameters never end' : outside(header.slice(0, parametersEnd), root, bin);
      if (reason === null) {
        open = true;
        return done(null, Buffer.from(header.slice(sent), 'latin1'));
      }
      refused = true;
      refuse(reason);
      done();
    },
  });
}

/** Why these parameters would let a program out of the host's folder; null when they do not. */
export function outside(parameters: string, root: string, bin: string): string | null {
  const lines = parameters.split('\n');
  for (const [key, value] of [
    ['root', root],
    ['bin', bin],
  ] as const) {
    const given = lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
    if (given.length === 0) return `the parameter ${key} is missing`;
    if (given.some((one) => one !== value)) return `the parameter ${key} is not this host's folder`;
  }
  return null;
}
