import { describe, expect, it } from 'vitest';
import type { Frame } from '#conversation/frames.js';
import { judgePreflight } from '#engine/preflight.js';

/** Real lines of `chronyd -Q` 4.3 on Debian 12. */
const ANSWERED = `2026-11-22T10:20:59Z chronyd version 4.3 starting (+CMDMON +NTP +REFCLOCK +RTC +PRIVDROP +SCFILTER +SIGND +ASYNCDNS +NTS +SECHASH +IPV6 -DEBUG)
2026-11-22T10:20:59Z Disabled control of system clock
2026-11-22T10:21:01Z System clock wrong by -0.000012 seconds (ignored)
2026-11-22T10:21:01Z chronyd exiting`;
const SILENT = `2026-11-22T10:20:59Z Disabled control of system clock
2026-11-22T10:21:02Z Timeout reached
2026-11-22T10:21:02Z chronyd exiting`;

function asked(server: string, text: string, exit: number | null = 0, state: 'ok' | 'absent' = 'ok'): Frame {
  const bytes = new TextEncoder().encode(text);
  return {
    type: 'section',
    section: { name: `preflight:${server}`, kind: 'command', state, bytes, exit, truncated: false, file: null },
  };
}

describe('a preflight', () => {
  it('says by how much the clock is wrong', () => {
    expect(judgePreflight(['a'], [asked('a', ANSWERED)])).toEqual({
      notes: ['a answered: the clock is 12 µs ahead'],
      problem: null,
    });
    const behind = ANSWERED.replace('-0.000012', '40.5');
    expect(judgePreflight(['a'], [asked('a', behind)]).notes).toEqual(['a answered: the clock is 40.5 s behind']);
  });

  it('is a problem only when no server answers', () => {
    expect(judgePreflight(['a', 'b'], [asked('a', SILENT, 1), asked('b', ANSWERED)]).problem).toBeNull();
    const nobody = judgePreflight(['a', 'b'], [asked('a', SILENT, 1), asked('b', '', 124)]);
    expect(nobody.problem?.code).toBe('preflight/no-answer');
    expect(nobody.notes).toEqual(['a did not answer', 'b did not answer']);
  });

  it('does not take what could not be tried for silence', () => {
    const old = asked('a', 'Fatal error : Unrecognized option -Q', 1);
    expect(judgePreflight(['a'], [old])).toMatchObject({
      problem: null,
      notes: [expect.stringContaining('could not be tried')],
    });
    expect(judgePreflight(['a'], [asked('a', '', null, 'absent')]).problem).toBeNull();
    expect(judgePreflight(['a'], []).notes).toEqual(['a could not be tried']);
  });

  it('shows nothing raw of what the host printed', () => {
    expect(judgePreflight(['a'], [asked('a', '\u001b[2Jboom', 1)]).notes.join()).not.toContain('\u001b');
  });
});
