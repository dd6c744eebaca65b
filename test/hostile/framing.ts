import type { ServerChannel } from 'ssh2';

/**
 * What the hostile hosts know of the conversation (docs/host-programs.md), and the one place to change with it: how its secret is
 * learned, and how frames look.
 */
export interface Conversation {
  readonly ready: string;
  /** A whole section. `attributes` of a file: mode, owner, group, size. */
  section(kind: 'file' | 'command' | 'values', name: string, body: Uint8Array | string): Buffer;
  frame(text: string): string;
}

/** Resolves when the client has sent its first line. */
export function converse(channel: ServerChannel, command: string): Promise<Conversation> {
  const nonce = / tsync '?([0-9a-f]{32})'? /.exec(command)?.[1] ?? '';
  channel.write(`\n@${nonce} ready 1\n`);
  return new Promise((resolve) => {
    channel.once('data', () => {
      channel.on('data', () => {});
      resolve(framing(nonce));
    });
  });
}

function framing(nonce: string): Conversation {
  const frame = (text: string) => `\n@${nonce} ${text}\n`;
  return {
    ready: frame('ready 1'),
    frame,
    section(kind, name, body) {
      const bytes = Buffer.from(body);
      const file = kind === 'file' ? ` mode=644 owner=root group=root size=${bytes.length}` : '';
      const exit = kind === 'command' ? `\n@${nonce} exit 0` : '';
      return Buffer.concat([
        Buffer.from(`@${nonce} begin ${kind} ${name}${file}\n`),
        bytes,
        Buffer.from(`${exit}\n@${nonce} end ok\n`),
      ]);
    },
  };
}
