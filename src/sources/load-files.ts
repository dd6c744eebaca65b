import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type Place, TsyncError } from '#errors/tsync-error.js';
import type { Json, SettingsLayer } from '#inventory/host.js';
import { LOADED } from '#playbook/read-user-resource.js';
import { MOST_BYTES } from '#playbook/user-resource-words.js';
import { whoElseMayWrite } from '#transport/trusted-place.js';

/**
 * Puts the bytes of each `src` of the setting `resources` in its place. `file` is where the layer was written; paths are
 * relative to its folder and stay below it. Throws `TsyncError` 65 with the place: missing, too large, not text, outside.
 */
export async function loadFiles(layer: SettingsLayer, file: string): Promise<SettingsLayer> {
  const { resources } = layer.values;
  if (!Array.isArray(resources) || !resources.some((entry) => sourceOf(entry) !== null)) return layer;
  const loaded: Json[] = [];
  for (const [index, entry] of (resources as readonly Json[]).entries()) {
    const source = sourceOf(entry);
    if (source === null) loaded.push(entry);
    else {
      const bytes = await readBeside(file, source, layer.placeOf?.(['resources', index, 'src']));
      loaded.push({ ...(entry as { readonly [key: string]: Json }), [LOADED]: bytes.toString('base64') });
    }
  }
  return { ...layer, values: { ...layer.values, resources: loaded } };
}

function sourceOf(entry: Json): string | null {
  const source = entry !== null && typeof entry === 'object' && 'src' in entry ? entry.src : null;
  return typeof source === 'string' ? source : null;
}

async function readBeside(file: string, source: string, place: Place | undefined): Promise<Buffer> {
  const mistake = (
    code: 'source/missing' | 'source/unreadable' | 'source/too-large' | 'source/not-text' | 'source/open-to-others',
    text: string,
  ) => new TsyncError(code, text, place ? { exitCode: 65, place } : { exitCode: 64 });
  if (source.startsWith('/') || source.split('/').includes('..') || source === '')
    throw mistake('source/unreadable', `'${source}' must be a file below the folder of ${file}, without "..".`);
  if (file === '<stdin>')
    throw mistake('source/missing', `'${source}' lies beside no file: this was read from standard input.`);
  const path = join(dirname(file), source);
  const unsafe = whoElseMayWrite(path, 'limited');
  if (unsafe !== null) throw mistake('source/open-to-others', `${path} is not read: ${unsafe.path}: ${unsafe.reason}.`);
  const bytes = await readBounded(path, dirname(file)).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'source/missing' : 'source/unreadable';
    throw mistake(
      code,
      cause.code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${cause.message}.`,
    );
  });
  if (bytes.length > MOST_BYTES) throw mistake('source/too-large', `${path} is larger than 64 KiB.`);
  if (bytes.includes(0)) throw mistake('source/not-text', `${path} holds a NUL byte: it is no text.`);
  return bytes;
}

/** Links count by where they lead: below the folder, or nowhere. Not blocking, so that a FIFO which nobody writes to is refused and not waited for. */
async function readBounded(path: string, folder: string): Promise<Buffer> {
  const [resolved, top] = await Promise.all([realpath(path), realpath(folder)]);
  if (!resolved.startsWith(top.endsWith(sep) ? top : top + sep)) throw new Error(`it leads out of ${folder}`);
  await using handle = await open(resolved, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  if (!(await handle.stat()).isFile()) throw new Error('it is no regular file');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MOST_BYTES + 1), 0, MOST_BYTES + 1, 0);
  return buffer.subarray(0, bytesRead);
}
