import fc from 'fast-check';
import type { Change, Kind, States } from '#resources/resource.js';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'grapheme' }).map((text) => new TextEncoder().encode(text)),
);

const states: { readonly [K in Kind]: fc.Arbitrary<NonNullable<States[K]>> } = {
  file: fc.record({
    bytes,
    mode: fc.stringMatching(/^[0-7]{4}$/),
    owner: fc.string(),
    group: fc.string(),
    truncated: fc.constant(false as const),
  }),
  'module-parameter': fc.record({ value: fc.string({ unit: 'binary' }) }),
  service: fc.record({
    active: fc.boolean(),
    links: fc.array(
      fc.stringMatching(/^[a-z][a-z@.]{0,8}$/).map((unit) => `/etc/systemd/system/x.wants/${unit} -> /lib/${unit}`),
    ),
    masked: fc.boolean(),
  }),
};

/** Names of places that tsync may write. */
const names: { readonly [K in Kind]: fc.Arbitrary<string> } = {
  file: fc.stringMatching(/^\/etc(\/[A-Za-z0-9_-]{1,8}){1,3}$/),
  'module-parameter': fc.stringMatching(/^[a-z_]{1,9}\.[a-z_]{1,9}$/),
  service: fc.stringMatching(/^[a-z]{1,9}@?\.service$/),
};

function anyOf<K extends Kind>(kind: K): fc.Arbitrary<Change> {
  const state = fc.option(states[kind]);
  return fc
    .record(
      { name: names[kind], because: fc.string(), before: state, after: state, restart: fc.string() },
      { requiredKeys: ['name', 'because', 'before', 'after'] },
    )
    .map((rest) => ({ id: `${kind}:${rest.name}`, kind, ...rest }) as unknown as Change);
}

/** Any change that each kind can have. */
export const ANY_CHANGE: { readonly [K in Kind]: fc.Arbitrary<Change> } = {
  file: anyOf('file'),
  'module-parameter': anyOf('module-parameter'),
  service: anyOf('service'),
};
