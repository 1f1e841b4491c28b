import type { Instant } from '@group-services/core';
import type { DaemonOutput } from '@group-services/daemon-engine';
import type { DaemonMessage } from '@group-services/wire';
import type { InternalEvent } from './checkers/checker.js';

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

/** What a message claims its sender to hold; undefined when it claims nothing. */
export function messageHolds(message: DaemonMessage, at: Instant): InternalEvent | undefined {
  if (message.kind !== 'group') return undefined;
  const { generation, from, message: body } = message.envelope;
  if (!('contiguous' in body) || body.contiguous === null) return undefined;
  const { contiguous } = body;
  return { at, group: '', generation, membership: from, fact: { kind: 'holds', contiguous } };
}

function digest(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length}:${(hash >>> 0).toString(16)}`;
}
