// Builds dist/ from src/: one file for the start of the program and one for each part that is loaded late (ssh2, the store, the
// screen ...), because two hundred small modules cost 150 ms of CPU to find and read at every start. Host programs (*.sh) are
// copied beside. Types are not checked here but by `npm run check`.
// Runs on whatever Node npm was started with, so it uses nothing newer than Node 18.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const top = fileURLToPath(new URL('..', import.meta.url));
const source = join(top, 'src');
const target = join(top, 'dist');

/** Loaded from node_modules, by few commands: what draws, and what explains mistakes. */
const notBundled = ['ink', 'react', 'react/jsx-runtime', 'zod', 'cpu-features', '*.node'];

/** What CommonJS packages (ssh2) expect around them. */
const forCommonJs = [
  "import { createRequire as requireFrom } from 'node:module';",
  'const require = requireFrom(import.meta.url), __dirname = import.meta.dirname;',
].join(' ');

rmSync(target, { recursive: true, force: true });
await build({
  absWorkingDir: top,
  entryPoints: ['src/cli/main.ts'],
  // Every chunk lies one folder below dist/, as the files of src/ lie below src/: `new URL('../x', import.meta.url)` means the same.
  outdir: 'dist',
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  jsx: 'automatic',
  external: notBundled,
  banner: { js: forCommonJs },
  tsconfigRaw: {
    compilerOptions: { paths: { '#*': ['./src/*'] }, baseUrl: '.', verbatimModuleSyntax: true, jsx: 'react-jsx' },
  },
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
});

for (const path of filesUnder(source).filter((file) => file.endsWith('.sh'))) {
  const copy = join(target, relative(source, path));
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(path, copy);
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
