/** What YAML 1.1 makes of a scalar without quotes. */
export type ScalarValue = null | boolean | number | string;

/**
 * Reads a plain scalar as PyYAML does, and so as Ansible: `no` is false, `0644` is 420, `1:30` is 90, `1e3` is text.
 * Dates stay text (Ansible prints them as they were written). Patterns: PyYAML 6.0, `yaml/resolver.py`.
 */
export function resolveScalar(text: string): ScalarValue {
  const first = text.charCodeAt(0);
  if (Number.isNaN(first)) return null;
  if (isNumberStart(first)) return resolveNumber(text);
  return WORDS.has(text) ? (WORDS.get(text) ?? null) : text;
}

function isNumberStart(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
}

function resolveNumber(text: string): ScalarValue {
  if (SHORT_DECIMAL.test(text)) return Number(text);
  if (FLOAT.test(text)) return floatValue(text.replaceAll('_', '').toLowerCase());
  if (INTEGER.test(text)) return integerValue(text.replaceAll('_', '')) ?? text;
  return text;
}

function floatValue(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY;
  if (digits === '.nan') return Number.NaN;
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number.parseFloat(digits));
}

/** null where only underscores follow the prefix (`0x_`), which PyYAML rejects. */
function integerValue(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  const value = unsignedValue(digits);
  return Number.isNaN(value) ? null : value === 0 ? 0 : sign * value;
}

function unsignedValue(digits: string): number {
  if (digits.includes(':')) return sexagesimal(digits);
  if (digits.startsWith('0b')) return Number.parseInt(digits.slice(2), 2);
  if (digits.startsWith('0x')) return Number.parseInt(digits.slice(2), 16);
  return Number.parseInt(digits, digits.startsWith('0') && digits.length > 1 ? 8 : 10);
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

const SHORT_DECIMAL = /^(?:0|[1-9][0-9]{0,8})$/;

const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const INTEGER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;

const WORDS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);
