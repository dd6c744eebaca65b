import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRANSACTION_FILES } from '#transaction/verify-program.js';
import { TOP } from '../operator.js';
import { withKillPoints } from './kill-points.js';

/** A work tree like this one, as it is built, whose programs on hosts have kill points. Gives its folder and what removes it. */
export function copyWithKillPoints(): { readonly top: string; readonly remove: () => void } {
  const top = mkdtempSync(join(tmpdir(), 'tsync-kill-points-'));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(TOP, part), join(top, part), { recursive: true });
  symlinkSync(join(TOP, 'node_modules'), join(top, 'node_modules'));
  const files = TRANSACTION_FILES.map((name) => join(top, `dist/transaction/${name}.sh`));
  const text = withKillPoints(files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  for (const [index, file] of files.entries()) writeFileSync(file, index === 0 ? text : '');
  return { top, remove: () => rmSync(top, { recursive: true, force: true }) };
}
