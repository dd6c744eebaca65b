export interface FileState {
  readonly bytes: Uint8Array;
  /** Four octal digits: `0644`. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly truncated: false;
}
