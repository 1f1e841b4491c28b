import type { Instant } from '@group-services/core';
import type { DaemonOutput } from '@group-services/daemon-engine';
import type { DaemonMessage } from '@group-services/wire';
import type { InternalEvent } from '../checkers/checker.js';

/** The one place that translates what the engines offer for observation into what checkers know. */
export function internalEvent(
  { group, generation, membership, event }: Extract<DaemonOutput, { kind: 'observed' }>,
  at: Instant,
): InternalEvent | undefined {
  if (event.kind === 'branch') return undefined;
  const about = { at, group, generation, membership };
  if (event.kind !== 'delivered') return { ...about, fact: event };
  return { ...about, fact: { ...event, body: digest(event.body) } };
}

/** What a message claims its sender to hold, and what it promises. */
export function messageSays(message: DaemonMessage, at: Instant): readonly InternalEvent[] {
  if (message.kind !== 'group') return [];
  const { generation, from, message: body } = message.envelope;
  const about = { at, group: '', generation, membership: from };
  const said: InternalEvent[] = [];
  if ('contiguous' in body && body.contiguous !== null) {
    said.push({ ...about, fact: { kind: 'holds', contiguous: body.contiguous } });
  }
  if (body.kind === 'state') {
    said.push({ ...about, fact: { kind: 'promised', version: body.version } });
  }
  return said;
}

function digest(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length}:${(hash >>> 0).toString(16)}`;
}
