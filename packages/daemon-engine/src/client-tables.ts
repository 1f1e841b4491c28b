import type { GroupName } from '@group-services/core';
import type { FromClient } from '@group-services/wire';
import type { Rights, Speaker } from './client-rights.js';
import type { GroupSession } from './group-session.js';
import type { NodesList } from './nodes-list.js';
import type { OpenWork } from './open-work.js';
import type { OperatorPorts } from './operator-requests.js';

/** What is kept of each process, and which of its messages are about one of its handles. */

/** What client connections need of the daemon around them. */
export interface ClientPorts extends Omit<OperatorPorts, 'send' | 'rights' | 'sizes'> {
  readonly openSession: (group: GroupName) => GroupSession;
  readonly nodes: NodesList;
}

/** Whoever can open the socket of this host. */
export const LOCAL = 'local';

/** One membership or subscription of a process. */
export interface Handle {
  readonly group: GroupName;
  readonly session: GroupSession;
  readonly kind: 'provider' | 'subscription';
  readonly persistent: boolean;
  rights: Rights;
}

export interface Client extends Speaker {
  readonly name: string;
  readonly membershipsMax: number | undefined;
  readonly handles: Map<number, Handle>;
  /** Handles by the join or subscribe that opened them and has no answer yet. */
  readonly opening: Map<number, number>;
  readonly work: OpenWork;
}

export type Join = Extract<FromClient, { readonly kind: 'join' | 'subscribe' }>;
export type ProposalMessage = Extract<FromClient, { readonly kind: 'send' | 'bundle' | 'propose' }>;
export type ToHandle =
  | ProposalMessage
  | Extract<FromClient, { readonly kind: 'goodbye' | 'unsubscribe' }>;

export function isProposal(message: ToHandle): message is ProposalMessage {
  return message.kind !== 'goodbye' && message.kind !== 'unsubscribe';
}
