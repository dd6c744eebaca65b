/** What the review screen needs: a terminal to read keys from, and one that can move its cursor (TERM=dumb cannot). */
export function hasScreen(
  stdin: { readonly isTTY?: boolean },
  stdout: { readonly isTTY?: boolean },
  environment: { readonly [name: string]: string | undefined },
): boolean {
  return stdin.isTTY === true && stdout.isTTY === true && environment.TERM !== 'dumb';
}
