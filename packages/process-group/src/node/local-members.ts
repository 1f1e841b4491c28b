import type { Instant } from '@group-services/core';
import {
  type Bundled,
  type ListedProvider,
  OPERATOR_NO,
  operatorId,
  type Phases,
  type Proposed,
  type RemovedReason,
} from '@group-services/wire';

/** The providers of this node, by client and handle and by number. */
export class LocalMembers {
  readonly #clients = new Map<number, LocalClient>();
  readonly #byNo = new Map<number, LocalProvider>();
  /** The same providers again, quick to walk over for every message. */
  #all: readonly LocalProvider[] = [];

  get all(): readonly LocalProvider[] {
    return this.#all;
  }

  get count(): number {
    return this.#all.length;
  }

  find(client: number, handle: number): LocalProvider | undefined {
    return this.#clients.get(client)?.providers.get(handle);
  }

  /** Proposals of a process that have no answer, also of providers that are out. */
  pendingOf(client: number): Pick<LocalClient, 'pending' | 'pendingBytes'> {
    return this.#clients.get(client) ?? { pending: 0, pendingBytes: 0 };
  }

  byNo(no: number): LocalProvider | undefined {
    return this.#byNo.get(no);
  }

  of(client: number): readonly LocalProvider[] {
    return [...(this.#clients.get(client)?.providers.values() ?? [])];
  }

  #ownerOf(client: number): LocalClient {
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    const counts = { pending: 0, pendingBytes: 0, toBeVoted: 0 };
    const owner = { client, gone: false, ...counts, providers: new Map() };
    this.#clients.set(client, owner);
    return owner;
  }

  /** Stands for an operator who proposes: in no list, and asked for no vote. */
  operator(client: number, handle: number, node: string): LocalProvider {
    const owner = this.#ownerOf(client);
    return { owner, handle, no: OPERATOR_NO, id: operatorId(node), removed: undefined };
  }

  add(client: number, handle: number, listed: ListedProvider): LocalProvider {
    const owner = this.#ownerOf(client);
    const { no, id } = listed;
    const member: LocalProvider = { owner, handle, no, id, removed: undefined };
    owner.providers.set(handle, member);
    this.#byNo.set(no, member);
    this.#all = [...this.#all, member];
    return member;
  }

  /** It is out: nothing of the group reaches it from here on. */
  remove(member: LocalProvider, reason: RemovedReason): void {
    member.removed = reason;
    member.owner.providers.delete(member.handle);
    this.#byNo.delete(member.no);
    this.#all = this.#all.filter((other) => other !== member);
    this.forgetIdle(member.owner);
  }

  clientGone(client: number): void {
    const owner = this.#clients.get(client);
    if (owner === undefined) return;
    owner.gone = true;
    this.#clients.delete(client);
  }

  /** A process without providers and open proposals is not remembered. */
  forgetIdle(owner: LocalClient): void {
    if (owner.providers.size > 0 || owner.pending > 0) return;
    if (this.#clients.get(owner.client) === owner) this.#clients.delete(owner.client);
  }
}

/** A process of this node, as far as this group is concerned. */
export interface LocalClient {
  readonly client: number;
  /** Its connection is closed: it hears nothing any more. */
  gone: boolean;
  /** Proposals without answer, waiting ones included, and the bytes they carry. */
  pending: number;
  pendingBytes: number;
  /** Of these, what is open at the leader to be voted on and has not started. */
  toBeVoted: number;
  readonly providers: Map<number, LocalProvider>;
}

/** A provider that a process of this node holds. */
export interface LocalProvider {
  readonly owner: LocalClient;
  readonly handle: number;
  readonly no: number;
  readonly id: string;
  /** Set when it has been told that it is out. */
  removed: RemovedReason | undefined;
}

/** What a provider proposes: a one-phase message, or something that changes the group. */
export type ProposalContent =
  | { readonly kind: 'send'; readonly safe: boolean; readonly payload: Uint8Array }
  | ({ readonly kind: 'bundle'; readonly safe: boolean } & Bundled)
  | Proposed;

/** A proposal of a local provider that has no answer yet. */
export interface LocalProposal {
  readonly member: LocalProvider;
  /** The client's number; of a bundle that of the first message. */
  readonly request: number;
  /** Messages of a bundle, each with a request of its own; of everything else 1. */
  readonly count: number;
  readonly content: ProposalContent;
  /** 1: its START is its result. */
  readonly phases: Phases;
  /** Milliseconds per phase; undefined: the group's. */
  readonly timeLimit: number | undefined;
  /** Of which trace its protocol is part, if somebody traces. */
  readonly trace: string | undefined;
  /** When it came. */
  readonly at: Instant;
  /** Bytes that it carries. */
  readonly size: number;
  /** The number towards the leader; 0 while it waits here. */
  n: number;
  isWithdrawing: boolean;
}
