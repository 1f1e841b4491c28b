/**
 * A point on the host's monotonic clock, in milliseconds.
 *
 * Only differences mean anything: two daemons' instants are never compared. Engines get `now` as an
 * argument and never read a clock.
 */
export type Instant = number;

/** The deadline of an engine that waits for nothing. */
export const NEVER: Instant = Number.POSITIVE_INFINITY;
