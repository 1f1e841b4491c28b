import type { HandleEvent } from '../handles.js';

/** What an event changed, as text that is equal at everybody who sees it. */
export interface Content {
  readonly text: string;
  /** Whether every member's daemon is known to have it: all but agreed messages. */
  readonly safe: boolean;
  readonly membership: boolean;
  readonly state: boolean;
}

/** The content of an event with a place of its own; a subscriber sees the part that it asked for. */
export function contentOf(
  event: Extract<HandleEvent, { kind: 'approved' | 'message' }>,
  isSafe: (payload: Uint8Array) => boolean,
): Content {
  if (event.kind === 'message') {
    const { from, payload } = event.message;
    const text = `message from ${from}: ${hex(payload)}`;
    return { text, safe: isSafe(payload), membership: false, state: false };
  }
  const { message } = event;
  const parts = [`${message.protocol.kind} by ${message.protocol.proposer ?? 'the service'}`];
  if (message.membership !== undefined) {
    const { view, joined, left } = message.membership;
    const gone = left.map((departure) => `${departure.provider}:${departure.reason}`);
    parts.push(`${view.fence} joined [${joined.join(' ')}] left [${gone.join(' ')}]`);
  }
  if (message.state !== undefined) parts.push(`state ${hex(message.state.value)}`);
  if (message.attributes !== undefined) {
    parts.push(`attributes ${JSON.stringify(message.attributes.changed)}`);
  }
  return {
    text: parts.join(', '),
    safe: true,
    membership: message.membership !== undefined,
    state: message.state !== undefined,
  };
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
