import { signal } from '@preact/signals';

/** The time of day, renewed often enough for countdowns; only what reads it is drawn again. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 250);
