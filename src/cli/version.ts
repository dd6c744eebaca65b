import { readFileSync } from 'node:fs';

/**
 * The folder that tsync is installed in. The build puts this file's code one folder below `dist/` (scripts/build.mjs), as far
 * from the top as it is here.
 */
export const INSTALLED_IN: URL = new URL('../../', import.meta.url);

/** As package.json says it. */
export const VERSION: string = JSON.parse(readFileSync(new URL('package.json', INSTALLED_IN), 'utf8')).version;
