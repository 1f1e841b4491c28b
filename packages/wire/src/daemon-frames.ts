import { z } from 'zod';
import type { Decoded } from './decoded.js';
import { daemonIdField } from './fields.js';
import { decodeControl, type EncodedFrame, encodeControl, FRAME } from './frame.js';
import { decodeGroupFrame, encodeGroupFrame, type PeerMemberships } from './group-frames.js';
import type { GroupEnvelope } from './group-messages.js';

export const nodeMessageSchema = z.discriminatedUnion('kind', [
  /** Sent to every watched peer at each interval; says whom the sender hears (two-way liveness). */
  z.object({ kind: z.literal('heartbeat'), hears: z.array(daemonIdField).max(10_000) }),
  /** The daemon stops in order: not a failure that has to be waited for. */
  z.object({ kind: z.literal('stopping') }),
]);

/** What daemons say to each other outside any group. */
export type NodeMessage = z.infer<typeof nodeMessageSchema>;

/** Everything that travels on a link between daemons. */
export type DaemonMessage =
  | { readonly kind: 'node'; readonly message: NodeMessage }
  | { readonly kind: 'group'; readonly envelope: GroupEnvelope };

export function encodeDaemonFrame(message: DaemonMessage): EncodedFrame {
  return message.kind === 'group'
    ? encodeGroupFrame(message.envelope)
    : encodeControl(message.message);
}

export function decodeDaemonFrame(
  frame: Uint8Array,
  peer: PeerMemberships,
  self: PeerMemberships,
): Decoded<DaemonMessage> {
  if (frame[0] === FRAME.control) {
    const node = decodeControl(frame, nodeMessageSchema);
    return node.ok ? { ok: true, value: { kind: 'node', message: node.value } } : node;
  }
  const envelope = decodeGroupFrame(frame, peer, self);
  return envelope.ok ? { ok: true, value: { kind: 'group', envelope: envelope.value } } : envelope;
}
