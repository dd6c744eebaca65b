import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** Every file below a folder whose name ends so, as paths from the top of the project. */
function filesOf(folder: string, ends: RegExp): readonly string[] {
  return readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => ends.test(path));
}

const read = (path: string) => readFileSync(join(TOP, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'test/lab/README.md',
  ...filesOf('docs', /\.md$/),
];
const sources = ['src', 'inventories', 'playbooks', 'scripts', 'bin'].flatMap((folder) =>
  filesOf(folder, /\.(ts|tsx|mjs|js|sh|yaml)$/),
);

/** Headings as the anchors that GitHub makes of them. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^a-z0-9 _-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

describe('the documents', () => {
  it('link to what is there', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
        .filter(([, path = '', anchor]) => {
          const target = path === '' ? page : relative(TOP, join(TOP, dirname(page), path));
          if (!existsSync(join(TOP, target))) return true;
          return anchor !== undefined && !anchorsOf(target).has(anchor);
        })
        .map(([link]) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('are named as they are called wherever code or help names one', () => {
    const missing = [...sources, ...pages].flatMap((file) =>
      [...read(file).matchAll(/\bdocs\/[\w/-]+\.(?:md|svg)\b/g)]
        .filter(([path]) => !existsSync(join(TOP, path)))
        .map(([path]) => `${file}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('are all reached from the index or from a page beside them', () => {
    const linked = new Set(
      pages.flatMap((page) =>
        [...read(page).matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, path = '']) =>
          relative(TOP, join(TOP, dirname(page), path)),
        ),
      ),
    );
    const alone = filesOf('docs', /\.md$/).filter(
      (page) =>
        page !== 'docs/README.md' && !linked.has(page) && ![...linked].some((folder) => dirname(page) === folder),
    );
    expect(alone).toEqual([]);
  });
});
