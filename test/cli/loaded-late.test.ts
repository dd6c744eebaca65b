import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../../', import.meta.url));

/** Every source file that the built program loads for a command line: a chunk stands for all that was bundled into it. */
function loadedBy(...argv: string[]): string[] {
  const trace = fileURLToPath(new URL('trace-loading.mjs', import.meta.url));
  const { stderr } = spawnSync(process.execPath, ['--import', trace, `${top}bin/tsync.js`, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const line = stderr.split('\n').find((candidate) => candidate.startsWith('loaded: ')) ?? 'loaded: []';
  return (JSON.parse(line.slice('loaded: '.length)) as string[])
    .filter((url) => url.startsWith('file:'))
    .flatMap((url) => [url, ...sourcesOf(fileURLToPath(url))]);
}

function sourcesOf(file: string): string[] {
  return existsSync(`${file}.map`) ? JSON.parse(readFileSync(`${file}.map`, 'utf8')).sources : [];
}

/** The parts of a list of files that a command should not need. */
function among(files: readonly string[], parts: readonly string[]): string[] {
  return parts.filter((part) => files.some((file) => file.includes(`/${part}/`)));
}

const HEAVY = ['ink', 'react', 'zod', 'ssh2', 'yaml', 'js-yaml', 'diff', 'store', 'engine', 'transport', 'tui', 'demo'];

describe('what a command loads (the built program; run `npm run build` after a change)', () => {
  it('answers --version without any part that reaches hosts, keeps or draws', () => {
    const files = loadedBy('--version');
    expect(files.some((file) => file.endsWith('/commander/lib/command.js'))).toBe(true);
    expect(among(files, HEAVY)).toEqual([]);
  });

  it('answers --help without them, too', () => {
    expect(among(loadedBy('--help'), HEAVY)).toEqual([]);
  });

  it('audits without the screen, the demo, and what only explains mistakes', () => {
    const files = loadedBy('audit', `${top}inventories/there-is-none.yaml`);
    expect(among(files, ['ssh2', 'store', 'engine'])).toEqual(['ssh2', 'store', 'engine']);
    expect(among(files, ['ink', 'react', 'zod', 'tui', 'demo'])).toEqual([]);
  });

  it('audits without TLS, which ssh2 would load for HTTP', () => {
    expect(loadedBy('audit', 'none').filter((file) => file.endsWith('/ssh2/lib/http-agents.js'))).toEqual([]);
  });
});
