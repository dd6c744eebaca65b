import { printable } from '#errors/printable.js';
import { cellWidth } from './cell-width.js';

/** As many names as fit into `width` columns: `web-01, web-02 and 7 more`. At least one name. */
export function hostNames(names: readonly string[], width: number): string {
  let text = '';
  for (const [index, name] of names.entries()) {
    const longer = index === 0 ? printable(name) : `${text}, ${printable(name)}`;
    const rest = names.length - index - 1;
    const whole = rest === 0 ? longer : `${longer} and ${rest} more`;
    if (index > 0 && cellWidth(whole) > width) return `${text} and ${names.length - index} more`;
    text = longer;
  }
  return text;
}

/** `1 host`, `2 hosts`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
