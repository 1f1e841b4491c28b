import type { Flight } from '@group-services/simulation';

/** What kind of message flies there, for its colour and its name. */
export type FlightKind = 'sign of life' | 'bookkeeping' | 'data' | 'request' | 'takeover' | 'list';

const GROUP_KINDS: Readonly<Record<string, FlightKind>> = {
  data: 'data',
  sync: 'bookkeeping',
  ack: 'bookkeeping',
  received: 'bookkeeping',
  nack: 'bookkeeping',
  request: 'request',
  submit: 'request',
  reply: 'request',
  takeover: 'takeover',
  state: 'takeover',
  fetch: 'takeover',
  fetched: 'takeover',
  handover: 'takeover',
  insert: 'list',
  leave: 'list',
  donate: 'list',
  snapshot: 'list',
  'snapshot-received': 'list',
  gone: 'list',
  stale: 'list',
  'not-leader': 'list',
  woken: 'list',
  known: 'list',
};

export function kindOf({ message, frame }: Flight): FlightKind {
  if (message === undefined) return frame.length > RENEWAL_BYTES ? 'list' : 'sign of life';
  if (message.kind === 'node') {
    return message.message.kind === 'heartbeat' ? 'sign of life' : 'bookkeeping';
  }
  return GROUP_KINDS[message.envelope.message.kind] ?? 'bookkeeping';
}

/** What a daemon says to the name server only to say that it lives is short. */
const RENEWAL_BYTES = 120;

export const FLIGHT_KINDS: readonly FlightKind[] = [
  'data',
  'request',
  'takeover',
  'list',
  'bookkeeping',
  'sign of life',
];
