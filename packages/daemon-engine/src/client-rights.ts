import type { FromClient, Refusal } from '@group-services/wire';
import { ACTIONS, type Action, type PermissionFile, Permissions } from './permissions.js';

const EVERYTHING: Rights = new Set(ACTIONS);

/** Asks the permissions what the processes of this daemon may do, and words what they are told. */
export class ClientRights {
  #permissions = new Permissions(undefined);

  change(file: PermissionFile | undefined): void {
    this.#permissions = new Permissions(file);
  }

  of({ principal, isOperator }: Speaker, group: string): Rights {
    return isOperator ? EVERYTHING : this.#permissions.actions(principal, group);
  }

  /** Why a proposal is denied; undefined when it is not. */
  proposal(rights: Rights, message: OfHandle, who: Who): Refusal | undefined {
    const action = actionOf(message);
    if (action === undefined || rights.has(action)) return undefined;
    return this.denied(who.principal, action, who.group);
  }

  /** What rides on a vote is a proposal, too. */
  allowsVote(rights: Rights, { stateValue, message }: Vote): boolean {
    if (stateValue !== undefined && !rights.has('state')) return false;
    return message === undefined || rights.has('send');
  }

  /** Groups of the list that a principal may see; undefined: it may not ask. */
  listed(principal: string): ((group: string) => boolean) | undefined {
    if (!this.#permissions.allowsSomewhere(principal, 'list')) return undefined;
    return (group) => this.#permissions.actions(principal, group).has('list');
  }

  /** What an operator asks of a group, or of the whole domain. */
  operation(speaker: Speaker, group: string | undefined): Refusal | undefined {
    const { principal, isOperator } = speaker;
    const isAllowed =
      group === undefined
        ? isOperator || this.#permissions.allowsEverywhere(principal, 'operate')
        : this.of(speaker, group).has('operate');
    return isAllowed ? undefined : this.denied(principal, 'operate', group);
  }

  denied(principal: string, action: Action, group: string | undefined): Refusal {
    const text = this.#permissions.denial(principal, action, group);
    return { code: 'NOT_AUTHORIZED', text, action };
  }
}

/** Who speaks over a connection. */
export interface Speaker {
  readonly principal: string;
  /** Has proved to the admin endpoint that it may operate. */
  readonly isOperator: boolean;
}

type OfHandle = Extract<FromClient, { readonly kind: 'send' | 'bundle' | 'propose' }>;
type Vote = Extract<FromClient, { readonly kind: 'vote' }>;

/** What a handle may be used for, looked up when it is opened and when the rules change. */
export type Rights = ReadonlySet<Action>;

interface Who {
  readonly principal: string;
  readonly group: string;
}

/** Undefined: whoever is a provider may leave. */
function actionOf(message: OfHandle): Action | undefined {
  if (message.kind !== 'propose') return 'send';
  switch (message.proposed.kind) {
    case 'leave':
      return undefined;
    case 'voted-message':
      return 'send';
    case 'state':
    case 'attributes':
    case 'expel':
    case 'barrier':
      return message.proposed.kind;
  }
}
