import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, it } from 'vitest';
import type * as Ours from '../../src/index.js';
import type * as Contract from './client-api.js';

/** `client-api.d.ts` beside this file is the design document's declaration, to the letter. */

/** Each can stand for the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

interface Texts extends Ours.GroupTypes {
  readonly state: number;
  readonly stateInput: string;
  readonly message: { readonly text: string };
  readonly messageInput: string;
}

it('has the types of the contract', () => {
  expectTypeOf<
    [
      Same<Ours.ConnectOptions, Contract.ConnectOptions>,
      Same<Ours.TlsOptions, Contract.TlsOptions>,
      Same<Ours.ResponsivenessOptions, Contract.ResponsivenessOptions>,
      Same<Ours.GroupServices, Contract.GroupServices>,
      Same<Ours.GroupSummary, Contract.GroupSummary>,
      Same<Ours.GroupTypes, Contract.GroupTypes>,
      Same<Ours.Bytes, Contract.Bytes>,
      Same<Ours.StandardSchema<string, number>, Contract.StandardSchema<string, number>>,
      Same<Ours.Codec, Contract.Codec>,
      Same<
        Ours.GroupDefinitionOptions<string, number, string, boolean>,
        Contract.GroupDefinitionOptions<string, number, string, boolean>
      >,
      Same<Ours.GroupDefinition<Texts>, Contract.GroupDefinition<Texts>>,
      Same<Ours.Phases, Contract.Phases>,
      Same<Ours.GroupAttributes, Contract.GroupAttributes>,
      Same<Ours.JoinOptions, Contract.JoinOptions>,
      Same<Ours.JoinOptions<Texts>, Contract.JoinOptions<Texts>>,
      Same<Ours.SubscribeOptions<Texts>, Contract.SubscribeOptions<Texts>>,
      Same<Ours.Provider, Contract.Provider>,
      Same<Ours.Provider<Texts>, Contract.Provider<Texts>>,
      Same<Ours.Subscription, Contract.Subscription>,
      Same<Ours.Subscription<Texts>, Contract.Subscription<Texts>>,
      Same<Ours.ProposalOptions, Contract.ProposalOptions>,
      Same<Ours.ChangeStateOptions<Texts>, Contract.ChangeStateOptions<Texts>>,
      Same<Ours.SendOptions, Contract.SendOptions>,
      Same<Ours.ReasonedOptions, Contract.ReasonedOptions>,
      Same<Ours.ProtocolKind, Contract.ProtocolKind>,
      Same<Ours.ProtocolInfo, Contract.ProtocolInfo>,
      Same<Ours.GroupView, Contract.GroupView>,
      Same<Ours.VoteValue, Contract.VoteValue>,
      Same<Ours.Riders<Texts>, Contract.Riders<Texts>>,
      Same<Ours.Vote<Texts>, Contract.Vote<Texts>>,
      Same<Ours.VoteHandler<Texts>, Contract.VoteHandler<Texts>>,
      Same<Ours.Ballot<Texts>, Contract.Ballot<Texts>>,
      Same<Ours.MessageFrom<Texts>, Contract.MessageFrom<Texts>>,
      Same<Ours.Cause, Contract.Cause>,
      Same<Ours.ProtocolResult<Texts>, Contract.ProtocolResult<Texts>>,
      Same<Ours.LeaveReason, Contract.LeaveReason>,
      Same<Ours.RemovedReason, Contract.RemovedReason>,
      Same<Ours.Departure, Contract.Departure>,
      Same<Ours.SnapshotEvent<Texts>, Contract.SnapshotEvent<Texts>>,
      Same<Ours.AttributesEvent, Contract.AttributesEvent>,
      Same<Ours.MembershipEvent, Contract.MembershipEvent>,
      Same<Ours.StateEvent<Texts>, Contract.StateEvent<Texts>>,
      Same<Ours.MessageEvent<Texts>, Contract.MessageEvent<Texts>>,
      Same<Ours.BarrierEvent, Contract.BarrierEvent>,
      Same<Ours.RejectedEvent<Texts>, Contract.RejectedEvent<Texts>>,
      Same<Ours.AnnouncementEvent, Contract.AnnouncementEvent>,
      Same<Ours.RemovedEvent, Contract.RemovedEvent>,
      Same<Ours.DissolvedEvent, Contract.DissolvedEvent>,
      Same<Ours.ProviderEvent<Texts>, Contract.ProviderEvent<Texts>>,
      Same<Ours.SubscriptionEvent<Texts>, Contract.SubscriptionEvent<Texts>>,
      Same<Ours.GroupEvent<Texts>, Contract.GroupEvent<Texts>>,
      Same<Ours.KeepJoinedOptions<Texts>, Contract.KeepJoinedOptions<Texts>>,
      Same<Ours.Membership<Texts>, Contract.Membership<Texts>>,
      Same<Ours.ErrorCode, Contract.ErrorCode>,
    ]
  >().toEqualTypeOf<{ [K in keyof Present]: true } & Present>();
});

/** As many as there are above; `never` anywhere above makes the comparison fail to compile. */
type Present = TupleOf<54>;
type TupleOf<N extends number, T extends true[] = []> = T['length'] extends N
  ? T
  : TupleOf<N, [...T, true]>;

it('has the functions of the contract', () => {
  expectTypeOf<typeof Ours.connect>().toExtend<typeof Contract.connect>();
  expectTypeOf<typeof Contract.connect>().toExtend<typeof Ours.connect>();
  expectTypeOf<typeof Ours.keepJoined>().toExtend<typeof Contract.keepJoined>();
  expectTypeOf<typeof Contract.keepJoined>().toExtend<typeof Ours.keepJoined>();
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
  expect(names.length).toBeGreaterThan(80);
  expect(missing).toEqual([]);
});
