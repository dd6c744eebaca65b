import { printable } from '#errors/printable.js';
import type { Fact } from './facts.js';

export function known<T>(value: T): Fact<T> {
  return { value };
}

/** `reason` is a clause without a full stop, in words for a person; what a host sent in it is made printable and short. */
export function unknown(reason: string): { readonly value: null; readonly reason: string } {
  return { value: null, reason: shown(reason, 200) };
}

/** Host text for people: printable, without blanks around it, at most `length` characters. */
export function shown(text: string, length = 120): string {
  return printable(text.trim().slice(0, length));
}

/** The fact that `next` makes of a known value; an unknown one stays as it is. */
export function whenKnown<T, U>(fact: Fact<T>, next: (value: T & {}) => Fact<U>): Fact<U> {
  return fact.value === null || fact.value === undefined ? (fact as { value: null; reason: string }) : next(fact.value);
}

/** A reason as a sentence of its own. */
export function sentence(clause: string): string {
  const text = `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
  return text.endsWith('.') ? text : `${text}.`;
}
