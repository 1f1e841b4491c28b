import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonSession } from '../daemon-session.js';
import type { Report } from '../report.js';
import { findingsOf, sample } from './facts.js';
import { frameText } from './frame.js';
import { Screen, sizeOf, type Terminal } from './screen.js';

export interface TopOptions {
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** `gsctl top` without a terminal: one picture, of one interval. */
export async function topOnce(
  { api, services }: DaemonSession,
  { intervalMs, signal }: TopOptions,
): Promise<Report> {
  const before = await sample(api);
  await rest(intervalMs, signal);
  const found = findingsOf(services.node, before, await sample(api));
  const room = { columns: COLUMNS, rows: undefined };
  return { json: found, text: frameText(found, new Date(), room) };
}

/** The same again and again, until a signal; a daemon that does not answer ends it. */
export async function topLive(
  { api, services }: DaemonSession,
  terminal: Terminal,
  { intervalMs, signal }: TopOptions,
): Promise<void> {
  const screen = new Screen(terminal);
  try {
    let before = await sample(api);
    // The first one is shown at once, as soon as there is anything to compare.
    await rest(Math.min(intervalMs, FIRST_MS), signal);
    while (!signal.aborted) {
      const after = await sample(api);
      const found = findingsOf(services.node, before, after);
      screen.show(frameText(found, new Date(), sizeOf(terminal)));
      before = after;
      await rest(intervalMs, signal);
    }
  } finally {
    screen.close();
  }
}

/** As wide as all tables of gsctl. */
const COLUMNS = 100;
const FIRST_MS = 250;

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
