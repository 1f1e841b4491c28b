import type { HandleEvent } from '../handles.js';
import { hex } from '../hex.js';

/** How results are delivered in one run, as far as checkers have to know. */
export interface DeliveryRules {
  /** Whether this message asks for safe delivery. */
  readonly isSafe: (payload: Uint8Array) => boolean;
  /** Whether groups may let results that change state or attributes be delivered agreed; lists never are. */
  readonly agreedResults: boolean;
}

/** An event with a place of its own in the group's order. */
export type PlacedEvent = Extract<
  HandleEvent,
  { kind: 'approved' | 'message' | 'rejected' | 'announcement' }
>;

/** What an event says, in parts that are equal at everybody who sees them. */
export interface Content {
  /** Of the protocol. */
  readonly head: string;
  /** Empty: the list stays. */
  readonly membership: string;
  /** Empty: the state value stays. */
  readonly state: string;
  /** What only providers see. */
  readonly rest: string;
  /** Whether every member's daemon is known to have it. */
  readonly safe: boolean;
  /** Providers that are not told. */
  readonly hiddenFrom: readonly string[];
}

type Change = NonNullable<Extract<HandleEvent, { kind: 'approved' }>['message']['membership']>;

export function isPlaced(event: HandleEvent): event is PlacedEvent {
  return ['approved', 'message', 'rejected', 'announcement'].includes(event.kind);
}

/** The content of an event; a subscriber sees the parts that it asked for. */
export function contentOf(event: PlacedEvent, rules: DeliveryRules): Content {
  const plain = { membership: '', state: '', hiddenFrom: [], safe: false };
  switch (event.kind) {
    case 'message': {
      const { from, payload } = event.message;
      const rest = hex(payload);
      return { ...plain, head: `message from ${from}`, rest, safe: rules.isSafe(payload) };
    }
    case 'announcement': {
      const { code, providers } = event.message;
      const hiddenFrom = code === 'time-limit' ? [] : providers;
      return { ...plain, head: 'announcement', rest: `${code} ${providers.join(' ')}`, hiddenFrom };
    }
    case 'approved':
      return { ...plain, ...approvedContent(event.message, rules) };
    case 'rejected': {
      const { message } = event;
      return {
        ...plain,
        head: headOf(message),
        membership: membershipText(message.membership),
        rest: rejectionText(message),
        safe: message.membership !== undefined,
      };
    }
  }
}

/** Whether all up to this event is the same for everybody. */
export function isConfirming(event: PlacedEvent, rules: DeliveryRules): boolean {
  switch (event.kind) {
    case 'message':
      return rules.isSafe(event.message.payload);
    case 'approved':
      return isSafelyApproved(event.message, rules);
    case 'rejected':
      return event.message.membership !== undefined;
    case 'announcement':
      return false;
  }
}

export function textOf({ head, membership, state, rest }: Content): string {
  return [head, membership, state, rest].filter((part) => part !== '').join(', ');
}

type Approved = Extract<HandleEvent, { kind: 'approved' }>['message'];
type Rejected = Extract<HandleEvent, { kind: 'rejected' }>['message'];

function approvedContent(message: Approved, rules: DeliveryRules): Omit<Content, 'hiddenFrom'> {
  const { attributes, membership, state, causes } = message;
  const rest: string[] = [];
  if (attributes !== undefined) rest.push(`attributes ${JSON.stringify(attributes)}`);
  if (message.message !== undefined) rest.push(`message ${hex(message.message)}`);
  if (causes !== undefined) rest.push(`because of ${JSON.stringify(causes)}`);
  return {
    head: headOf(message),
    membership: membershipText(membership),
    state: state === undefined ? '' : `state ${hex(state.value)}`,
    rest: rest.join(', '),
    safe: isSafelyApproved(message, rules),
  };
}

/**
 * Lists are safe, messages are delivered as they say, what else changes something as the group says, the
 * rest agreed.
 */
function isSafelyApproved(message: Approved, rules: DeliveryRules): boolean {
  if (message.membership !== undefined) return true;
  if (message.message !== undefined && rules.isSafe(message.message)) return true;
  const changes = message.attributes !== undefined || message.state !== undefined;
  return changes && !rules.agreedResults;
}

function headOf({ protocol, phases }: Pick<Approved, 'protocol' | 'phases'>): string {
  return `${protocol.kind} ${protocol.id} by ${protocol.proposer ?? 'the service'} in ${phases}`;
}

function membershipText(change: Change | undefined): string {
  if (change === undefined) return '';
  const { fence, joined, left } = change;
  const gone = left.map((departure) => `${departure.provider}:${departure.reason}`);
  return `${fence} joined [${joined.join(' ')}] left [${gone.join(' ')}]`;
}

function rejectionText(message: Rejected): string {
  const { causes, joining, leaving, proposedStateValue, attributes } = message;
  const parts = [`rejected because of ${JSON.stringify(causes)}`];
  parts.push(`joining [${joining.join(' ')}] leaving [${leaving.map((it) => it.provider)}]`);
  if (proposedStateValue !== undefined) parts.push(`state ${hex(proposedStateValue)}`);
  if (message.message !== undefined) parts.push(`message ${hex(message.message)}`);
  if (attributes !== undefined) parts.push(`attributes ${JSON.stringify(attributes)}`);
  return parts.join(', ');
}
