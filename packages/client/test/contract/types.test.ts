import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, it } from 'vitest';
import type * as Ours from '../../src/index.js';
import type * as Contract from './client-api.js';

/**
 * `client-api.d.ts` beside this file is the design document's declaration, to the letter, and what later
 * documents add to it.
 */

/** Each can stand for the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

interface Texts extends Ours.GroupTypes {
  readonly state: number;
  readonly stateInput: string;
  readonly message: { readonly text: string };
  readonly messageInput: string;
}

it('has the types of the contract', () => {
  expectTypeOf<Same<Ours.ConnectOptions, Contract.ConnectOptions>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.TlsOptions, Contract.TlsOptions>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.ResponsivenessOptions, Contract.ResponsivenessOptions>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.GroupServices, Contract.GroupServices>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.GroupSummary, Contract.GroupSummary>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.NodeSummary, Contract.NodeSummary>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.GroupTypes, Contract.GroupTypes>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Bytes, Contract.Bytes>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.StandardSchema<string, number>, Contract.StandardSchema<string, number>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Codec, Contract.Codec>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<
      Ours.GroupDefinitionOptions<string, number, string, boolean>,
      Contract.GroupDefinitionOptions<string, number, string, boolean>
    >
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.GroupDefinition<Texts>, Contract.GroupDefinition<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Phases, Contract.Phases>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.GroupAttributes, Contract.GroupAttributes>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.JoinOptions, Contract.JoinOptions>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.JoinOptions<Texts>, Contract.JoinOptions<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.SubscribeOptions<Texts>, Contract.SubscribeOptions<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Provider, Contract.Provider>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Provider<Texts>, Contract.Provider<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Subscription, Contract.Subscription>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.Subscription<Texts>, Contract.Subscription<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.ProposalOptions, Contract.ProposalOptions>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.ChangeStateOptions<Texts>, Contract.ChangeStateOptions<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.SendOptions, Contract.SendOptions>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.ReasonedOptions, Contract.ReasonedOptions>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.ProtocolKind, Contract.ProtocolKind>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.ProtocolInfo, Contract.ProtocolInfo>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.GroupView, Contract.GroupView>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.VoteValue, Contract.VoteValue>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Riders<Texts>, Contract.Riders<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Vote<Texts>, Contract.Vote<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.VoteHandler<Texts>, Contract.VoteHandler<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Ballot<Texts>, Contract.Ballot<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.MessageFrom<Texts>, Contract.MessageFrom<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Cause, Contract.Cause>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.ProtocolResult<Texts>, Contract.ProtocolResult<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.LeaveReason, Contract.LeaveReason>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.RemovedReason, Contract.RemovedReason>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Departure, Contract.Departure>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.SnapshotEvent<Texts>, Contract.SnapshotEvent<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.AttributesEvent, Contract.AttributesEvent>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.MembershipEvent, Contract.MembershipEvent>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.StateEvent<Texts>, Contract.StateEvent<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.MessageEvent<Texts>, Contract.MessageEvent<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.BarrierEvent, Contract.BarrierEvent>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.RejectedEvent<Texts>, Contract.RejectedEvent<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.AnnouncementEvent, Contract.AnnouncementEvent>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.RemovedEvent, Contract.RemovedEvent>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.DissolvedEvent, Contract.DissolvedEvent>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.ProviderEvent<Texts>, Contract.ProviderEvent<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.SubscriptionEvent<Texts>, Contract.SubscriptionEvent<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.GroupEvent<Texts>, Contract.GroupEvent<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.KeepJoinedOptions<Texts>, Contract.KeepJoinedOptions<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<
    Same<Ours.KeepSubscribedOptions<Texts>, Contract.KeepSubscribedOptions<Texts>>
  >().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Watch<Texts>, Contract.Watch<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.HandleStatus, Contract.HandleStatus>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.Membership<Texts>, Contract.Membership<Texts>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Ours.ErrorCode, Contract.ErrorCode>>().toEqualTypeOf<true>();
});

it('has the functions of the contract', () => {
  expectTypeOf<typeof Ours.connect>().toExtend<typeof Contract.connect>();
  expectTypeOf<typeof Contract.connect>().toExtend<typeof Ours.connect>();
  expectTypeOf<typeof Ours.keepJoined>().toExtend<typeof Contract.keepJoined>();
  expectTypeOf<typeof Contract.keepJoined>().toExtend<typeof Ours.keepJoined>();
  expectTypeOf<typeof Ours.keepSubscribed>().toExtend<typeof Contract.keepSubscribed>();
  expectTypeOf<typeof Contract.keepSubscribed>().toExtend<typeof Ours.keepSubscribed>();
  expectTypeOf<typeof Ours.defineGroup>().toExtend<typeof Contract.defineGroup>();
  expectTypeOf<typeof Contract.defineGroup>().toExtend<typeof Ours.defineGroup>();
  expectTypeOf<typeof Ours.approve>().toExtend<typeof Contract.approve>();
  expectTypeOf<typeof Contract.approve>().toExtend<typeof Ours.approve>();
  expectTypeOf<typeof Ours.keepVoting>().toExtend<typeof Contract.keepVoting>();
  expectTypeOf<typeof Contract.keepVoting>().toExtend<typeof Ours.keepVoting>();
  expectTypeOf<typeof Ours.reject>().toExtend<typeof Contract.reject>();
  expectTypeOf<typeof Contract.reject>().toExtend<typeof Ours.reject>();
});

it('has the errors of the contract, made in the same ways and perhaps in more', () => {
  type Class = abstract new (...args: never[]) => unknown;
  type ErrorClass<M> = {
    [K in keyof M as K extends `${string}Error` ? (M[K] extends Class ? K : never) : never]: M[K];
  };
  expectTypeOf<ErrorClass<typeof Ours>>().toExtend<ErrorClass<typeof Contract>>();
  expectTypeOf<keyof typeof Ours>().toEqualTypeOf<keyof typeof Contract>();
});

it('exports every name of the contract', () => {
  const contract = readFileSync(new URL('./client-api.d.ts', import.meta.url), 'utf8');
  const index = readFileSync(new URL('../../src/index.ts', import.meta.url), 'utf8');
  const names = [
    ...contract.matchAll(/^export (?:declare )?(?:class|function|interface|type) (\w+)/gm),
  ];
  const missing = names
    .map((match) => match[1] ?? '')
    .filter((name) => !new RegExp(`\\b${name}\\b`).test(index));
  expect(names.length).toBeGreaterThan(70);
  expect(missing).toEqual([]);
});
