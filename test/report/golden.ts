import { fileURLToPath } from 'node:url';

/** A golden file, named by its input, the exit code of the run that it reports, and its format. */
export function golden(input: string, exitCode: number, format: string): string {
  return fileURLToPath(new URL(`../golden/${input}.${exitCode}.${format}`, import.meta.url));
}
