/** The one table of what can go wrong: fixed summary and what to do next, by code `area/what`. Keep each area sorted. */
export const catalog = {
  'internal/bug': {
    summary: 'tsync itself failed',
    hint: 'Please report this with the command you ran; nothing further was attempted.',
  },
  'usage/invalid': {
    summary: 'the command line is not valid',
    hint: 'See tsync --help.',
  },
} as const satisfies Record<string, { readonly summary: string; readonly hint: string }>;
