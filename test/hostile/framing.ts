import type { ServerChannel } from 'ssh2';

/**
 * What the hostile hosts know of the conversation (docs/internals/host-programs.md), and the one place to change with it: how its secret is
 * learned, and how frames look.
 */
export interface Conversation {
  readonly ready: string;
  /** A whole section. `attributes` of a file: mode, owner, group, size. */
  section(kind: 'file' | 'command' | 'values', name: string, body: Uint8Array | string): Buffer;
  frame(text: string): string;
}

/** Resolves when the client has sent its first line, which tells the nonce. */
export function converse(channel: ServerChannel, command: string): Promise<Conversation> {
  const token = / tsync '?([0-9a-f]{32})'? /.exec(command)?.[1] ?? '';
  const ready = `\n@${token} ready 2\n`;
  channel.write(ready);
  return new Promise((resolve) => {
    channel.once('data', (chunk: Buffer) => {
      channel.on('data', () => {});
      resolve(framing(ready, chunk.toString('latin1').split('\n')[0]?.split(' ')[1] ?? ''));
    });
  });
}

function framing(ready: string, nonce: string): Conversation {
  return {
    ready,
    frame: (text) => `@${nonce} ${text}\n`,
    section(kind, name, body) {
      const bytes = Buffer.from(body);
      const file = kind === 'file' ? ` mode=644 owner=root group=root size=${bytes.length} writers=root` : '';
      const exit = kind === 'command' ? ' exit=0' : '';
      const header = `@${nonce} section ${kind} ${name} ok ${bytes.length}${exit}${file}\n`;
      return Buffer.concat([Buffer.from(header), bytes, Buffer.from('\n')]);
    },
  };
}
