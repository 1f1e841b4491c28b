import type { DaemonInput } from './inputs.js';

/**
 * What passes all other inputs on its way to the engine: heartbeats, which say nothing but that their
 * sender lives and whom it hears, and which behind thousands of joins would look like silence; the address of
 * a peer that has dialled, or its heartbeats could not be answered before all else is done; and that a process
 * has too much unread, before what waits makes more of it.
 */
export function isUrgent(input: DaemonInput): boolean {
  if (input.kind === 'pressure' || input.kind === 'peerUp') return true;
  if (input.kind !== 'fromPeer' || input.message.kind !== 'node') return false;
  return input.message.message.kind === 'heartbeat';
}
