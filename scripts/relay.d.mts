export interface Relay {
  readonly port: number;
  /** How often the direction of the traffic turned since the last `reset`. */
  readonly turns: number;
  readonly bytes: number;
  reset(): void;
  close(): void;
}

export function startRelay(target: {
  readonly port: number;
  readonly address?: string;
  readonly delayMs: number;
}): Promise<Relay>;
