import type { DaemonInput } from './inputs.js';

/**
 * What passes all other inputs on its way to the engine: heartbeats, which say nothing but that their
 * sender lives and whom it hears. Behind thousands of joins they would look like silence.
 */
export function isSignOfLife(input: DaemonInput): boolean {
  if (input.kind !== 'fromPeer' || input.message.kind !== 'node') return false;
  return input.message.message.kind === 'heartbeat';
}
