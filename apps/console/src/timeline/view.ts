import { signal } from '@preact/signals';

/** What part of the ten minutes is looked at. */

export const SPANS_MS = [2_000, 5_000, 10_000, 30_000, 60_000, 180_000, 600_000] as const;
const SPAN_AT_FIRST_MS = 30_000;

export const spanMs = signal<number>(SPAN_AT_FIRST_MS);
/** The right edge; undefined: now, and it moves. */
export const pausedAt = signal<number | undefined>(undefined);
/** Group and id of the protocol that is looked at. */
export const looked = signal<{ readonly group: string; readonly id: string } | undefined>(
  undefined,
);
export const firstLane = signal(0);

export function zoom(steps: number): void {
  const at = SPANS_MS.findIndex((span) => span >= spanMs.value);
  const next = SPANS_MS[Math.max(0, Math.min(SPANS_MS.length - 1, at + steps))];
  if (next !== undefined) spanMs.value = next;
}

export function togglePause(now: number): void {
  pausedAt.value = pausedAt.value === undefined ? now : undefined;
}

/** To the left is earlier; whoever looks back stands still. */
export function move(ms: number, now: number): void {
  const at = (pausedAt.value ?? now) + ms;
  pausedAt.value = at >= now ? undefined : at;
}
