import { daemonOf, type GroupName, type NodeName, nodeOf } from '@group-services/core';
import { sizeOf } from '@group-services/process-group';
import type { FromClient, Refusal, ToClient } from '@group-services/wire';
import type { ClientSizes } from './client-limits.js';
import type { ClientRights, Speaker } from './client-rights.js';
import type { GroupSession } from './group-session.js';
import type { AskDrain, ClientNo } from './inputs.js';
import type { NameServerLink } from './name-server-link.js';
import type { OpenWork } from './open-work.js';
import type { Shared } from './shared.js';

/**
 * What operators ask over a client connection: which groups and nodes there are, and that something will
 * not come back. Who may do this is said by the operator's permissions; without them, whoever may connect.
 */
export class OperatorRequests {
  readonly #shared: Shared;
  readonly #ports: OperatorPorts;

  constructor(shared: Shared, ports: OperatorPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** Through a subscription, so that this daemon is in the group. */
  operate(client: ClientNo, asking: Proposing, { kind: _, ...message }: Operate): void {
    const { request, proposed, handle } = message;
    const open = asking.handles.get(handle);
    if (open?.kind !== 'subscription') {
      const text = 'an operator proposes through a subscription to the group';
      return this.#refuse(client, request, { code: 'INVALID_ARGUMENT', text, argument: 'handle' });
    }
    const { session } = open;
    const { group, processGroup } = session;
    const problem =
      this.#ports.rights.operation(asking, group) ??
      this.#ports.sizes.proposal(proposed) ??
      asking.work.addProposal(processGroup, sizeOf(proposed), 1);
    if (problem !== undefined) return this.#refuse(client, request, problem);
    const { name: by } = asking;
    session.log.say('info', 'an operator proposes', { what: proposed.kind, by });
    session.tellProcessGroup({ ...message, kind: 'propose', client, operator: true });
  }

  /** As many as fit into a frame; who asked goes on behind the last one while there are more. */
  groups(client: ClientNo, { principal }: Asking, message: ListGroups): void {
    const { request, after = '' } = message;
    const { rights } = this.#ports;
    const isListed = rights.listed(principal);
    if (isListed !== undefined) return this.#list({ client, request, isListed }, after);
    this.#refuse(client, request, rights.denied(principal, 'list', undefined));
  }

  #list(asked: AskedList, after: string): void {
    const { client, request, isListed } = asked;
    this.#ports.nameServer.list({ group: after }, (listed) => {
      if (!listed.ok) {
        this.#refuse(client, request, { code: 'UNAVAILABLE', text: listed.why });
        return;
      }
      const groups = listed.answer.groups
        .filter(({ group }) => isListed(group))
        .map((group) => ({
          group: group.group as string,
          leader: nodeOf(daemonOf(group.leader)) as string,
          daemons: group.daemons,
          providers: this.#ports.session(group.group)?.providerCount,
        }))
        .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
      const last = listed.answer.groups.at(-1)?.group;
      const hasMore = listed.answer.more === true;
      // Whoever asks goes on behind the last one that it is shown: there has to be one.
      if (groups.length === 0 && hasMore && last !== undefined) return this.#list(asked, last);
      const more = hasMore && { more: true as const };
      this.#ports.send(client, { kind: 'groups', request, groups, ...more });
    });
  }

  /** The same of the nodes; groups come behind the last one. */
  nodes(client: ClientNo, { principal }: Asking, message: ListNodes): void {
    const { request, after = '' } = message;
    const { rights } = this.#ports;
    if (rights.listed(principal) === undefined) {
      return this.#refuse(client, request, rights.denied(principal, 'list', undefined));
    }
    this.#ports.nameServer.list({ node: after }, (listed) => {
      if (!listed.ok) {
        this.#refuse(client, request, { code: 'UNAVAILABLE', text: listed.why });
        return;
      }
      const { nodes, groups, more } = listed.answer;
      const goesOn = more === true && groups.length === 0 && { more: true as const };
      this.#ports.send(client, { kind: 'nodes', request, nodes: [...nodes], ...goesOn });
    });
  }

  reset(client: ClientNo, asking: Asking, message: Extract<FromClient, { kind: 'reset' }>): void {
    const { request, group } = message;
    const by = asking.name;
    const denied = this.#ports.rights.operation(asking, group);
    if (denied !== undefined) return this.#refuse(client, request, denied);
    const log = this.#ports.session(group)?.log;
    if (log === undefined) this.#shared.logOf(group, 'warn', 'group reset asked for', { by });
    else log.say('warn', 'group reset asked for', { by });
    this.#ports.nameServer.reset(group, (givenUp) => {
      if (!givenUp.ok) {
        this.#refuse(client, request, { code: 'UNAVAILABLE', text: givenUp.why });
      } else if (givenUp.answer.generation === null) {
        const text = `there is no group ${group}`;
        this.#refuse(client, request, { code: 'UNKNOWN_GROUP', text });
      } else {
        this.#ports.send(client, { kind: 'done', request });
      }
    });
  }

  /** What this daemon hears itself is asked first: the name server may be the one that is cut off. */
  forget(client: ClientNo, asking: Asking, message: Extract<FromClient, { kind: 'forget' }>): void {
    const { request, node } = message;
    const by = asking.name;
    const denied = this.#ports.rights.operation(asking, undefined);
    if (denied !== undefined) return this.#refuse(client, request, denied);
    this.#shared.log('warn', 'forgetting a node asked for', { node, by });
    const heard = this.#ports.hearsMsAgo(node);
    if (heard !== undefined) {
      const text = `node ${node} is alive: this daemon heard it ${Math.round(heard)} ms ago; stop its daemon instead`;
      return this.#refuse(client, request, { code: 'UNAVAILABLE', text });
    }
    this.#ports.nameServer.forget(node, (forgotten) => {
      if (!forgotten.ok) {
        return this.#refuse(client, request, { code: 'UNAVAILABLE', text: forgotten.why });
      }
      const { outcome, leftMs } = forgotten.answer;
      switch (outcome) {
        case 'forgotten':
          return this.#ports.send(client, { kind: 'done', request });
        case 'unknown': {
          const text = `the name server knows no node ${node}; gsctl nodes lists all`;
          return this.#refuse(client, request, {
            code: 'INVALID_ARGUMENT',
            text,
            argument: 'node',
          });
        }
        case 'connected': {
          const text = `node ${node} is alive: its daemon is connected to the name server; stop it instead`;
          return this.#refuse(client, request, { code: 'UNAVAILABLE', text });
        }
        case 'heard': {
          const text = `node ${node} may be alive: its daemon was heard a moment ago; if it is gone for good ask again in ${seconds(leftMs ?? 0)} s`;
          return this.#refuse(client, request, { code: 'UNAVAILABLE', text });
        }
      }
    });
  }

  drain(client: ClientNo, asking: Asking, message: Extract<FromClient, { kind: 'drain' }>): void {
    const { request, node, wish } = message;
    const denied = this.#ports.rights.operation(asking, undefined);
    if (denied !== undefined) return this.#refuse(client, request, denied);
    if (wish !== 'look') {
      this.#shared.log('warn', 'draining asked for', { node, wish, by: asking.name });
    }
    this.#ports.drain(node, wish, (answer) => {
      if (answer.ok) this.#ports.send(client, { kind: 'drain', request, report: answer.report });
      else this.#refuse(client, request, { code: 'UNAVAILABLE', text: answer.why });
    });
  }

  #refuse(client: ClientNo, request: number, refusal: Refusal): void {
    this.#ports.send(client, { kind: 'refused', request, ...refusal });
  }
}

/** What operators' requests need of the daemon around them. */
export interface OperatorPorts {
  readonly nameServer: NameServerLink;
  readonly session: (group: GroupName) => GroupSession | undefined;
  readonly send: (client: ClientNo, message: ToClient) => void;
  readonly rights: ClientRights;
  readonly sizes: ClientSizes;
  /** How long ago this daemon itself has heard a daemon of that node; undefined: it does not hear it. */
  readonly hearsMsAgo: (node: NodeName) => number | undefined;
  /** Has a node drained, or no more, or asks how far that is; answers once. */
  readonly drain: AskDrain;
}

type Operate = Extract<FromClient, { readonly kind: 'operate' }>;
type ListNodes = Extract<FromClient, { readonly kind: 'nodes' }>;
type ListGroups = Extract<FromClient, { readonly kind: 'groups' }>;

interface AskedList {
  readonly client: ClientNo;
  readonly request: number;
  readonly isListed: (group: string) => boolean;
}

/** The process that asks. */
export interface Asking extends Speaker {
  readonly name: string;
}

/** And what it has open. */
export interface Proposing extends Asking {
  readonly handles: ReadonlyMap<number, { readonly session: GroupSession; readonly kind: string }>;
  readonly work: OpenWork;
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
