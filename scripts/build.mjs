// Builds dist/ from src/: one file for the start of the program and one for each part that is loaded late (ssh2, the store, the
// screen ...), because two hundred small modules cost 150 ms of CPU to find and read at every start. Host programs (*.sh) are
// copied beside. Types are not checked here but by `npm run check`.
// The licences of what is bundled go with it, in THIRD-PARTY.txt.
// Runs on whatever Node npm was started with, so it uses nothing newer than Node 18.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const { metafile } = await build({
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
  // The whole texts are in THIRD-PARTY.txt.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

for (const path of filesUnder(source).filter((file) => file.endsWith('.sh'))) {
  const copy = join(target, relative(source, path));
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(path, copy);
}

writeFileSync(join(target, 'THIRD-PARTY.txt'), thirdParty(Object.keys(metafile.inputs)));

/** Name, version and licence text of every package that a file of the bundle is from. */
function thirdParty(inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  const parts = [...folders].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(top, folder, 'package.json'), 'utf8'));
    const files = readdirSync(join(top, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    if (files.length === 0) throw new Error(`${folder} has no licence to go with the bundle`);
    const texts = files.map((file) => readFileSync(join(top, folder, file), 'utf8').trim());
    return `${name} ${version}\n\n${texts.join('\n\n')}\n`;
  });
  return `tsync's program files contain parts of these packages, each under its own licence.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`;
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
