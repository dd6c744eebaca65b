import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A host in a folder: files by path, symbolic links by path, and stand-ins for the commands of the table as shell text. */
export interface FakeHost {
  readonly files?: { readonly [path: string]: string | Uint8Array };
  readonly links?: { readonly [path: string]: string };
  readonly commands?: { readonly [name: string]: string };
}

export interface FakeRoot {
  readonly root: string;
  readonly parameters: readonly string[];
  readonly remove: () => void;
}

export function makeFakeRoot(host: FakeHost): FakeRoot {
  const folder = mkdtempSync(join(tmpdir(), 'tsync probe '));
  const root = join(folder, 'root');
  const bin = join(folder, 'bin');
  mkdirSync(root);
  mkdirSync(bin);
  for (const [path, content] of Object.entries(host.files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  for (const [path, target] of Object.entries(host.links ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  for (const [name, script] of Object.entries(host.commands ?? {})) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return {
    root,
    parameters: [`root=${root}`, `bin=${bin}`],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
