/** First line to show of `total` so that `at` is seen in `height` lines; moves by a third of a screen, so that most keys redraw two lines. */
export function keepVisible(top: number, at: number, height: number, total: number): number {
  const jump = Math.floor(height / 3);
  const last = Math.max(0, total - height);
  const start = Math.min(Math.max(0, top), last);
  if (at < start) return Math.max(0, Math.min(at - jump, last));
  if (at >= start + height) return Math.max(0, Math.min(at - height + 1 + jump, last));
  return start;
}

/** `value` within 0 and `count` - 1; 0 when there is nothing. */
export function clampIndex(value: number, count: number): number {
  return Math.max(0, Math.min(value, count - 1));
}
