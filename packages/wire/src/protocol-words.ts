/**
 * Words that processes and daemons have in common for what happens in a group. They stand by themselves, so that the
 * library of processes carries nothing of what only daemons say to each other.
 */

export const LEAVE_REASONS = [
  'leave',
  'expel',
  'goodbye',
  'quit',
  'process-failure',
  'node-failure',
  'cast-out',
] as const;
export type LeaveReason = (typeof LEAVE_REASONS)[number];

export const PROTOCOL_KINDS = [
  'join',
  'leave',
  'expel',
  'failure',
  'state',
  'message',
  'attributes',
  'barrier',
] as const;
export type ProtocolKind = (typeof PROTOCOL_KINDS)[number];
