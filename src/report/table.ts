import { cellWidth, padCells } from './cell-width.js';

/** Rows of printable cells in columns two spaces apart; the last column is not filled. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => cellWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : padCells(cell, widths[column] ?? 0))).join('  '),
  );
}
