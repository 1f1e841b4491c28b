export type { GroupAttributes, Phases } from './attributes.js';
export type { Ballot, Riders, Vote, VoteHandler } from './ballot.js';
export { connect } from './connect.js';
export { defineGroup } from './define-group.js';
export {
  AbortedError,
  type AttributeDifference,
  AttributeMismatchError,
  CollisionError,
  ConnectFailedError,
  ConnectionLostError,
  DuplicateInstanceError,
  type ErrorCode,
  GroupServicesError,
  IncompatibleError,
  InvalidArgumentError,
  NotAuthorizedError,
  OverloadedError,
  RejectedError,
  RemovedError,
  StateChangedError,
  TimeoutError,
  UnavailableError,
  UnknownGroupError,
  UnknownProviderError,
  VoteNotExpectedError,
} from './errors.js';
export type {
  AnnouncementEvent,
  AttributesEvent,
  BarrierEvent,
  DissolvedEvent,
  GroupEvent,
  MembershipEvent,
  MessageEvent,
  ProviderEvent,
  RejectedEvent,
  RemovedEvent,
  SnapshotEvent,
  StateEvent,
  SubscriptionEvent,
} from './events.js';
export type {
  Bytes,
  Codec,
  GroupDefinition,
  GroupDefinitionOptions,
  GroupTypes,
  StandardSchema,
} from './group-types.js';
export type { GroupServices, GroupSummary, Membership, Provider, Subscription } from './handles.js';
export { keepJoined } from './keep-joined.js';
export type {
  ChangeStateOptions,
  ConnectOptions,
  JoinOptions,
  KeepJoinedOptions,
  ProposalOptions,
  ReasonedOptions,
  ResponsivenessOptions,
  SendOptions,
  SubscribeOptions,
  TlsOptions,
} from './options.js';
export type {
  Cause,
  Departure,
  GroupView,
  LeaveReason,
  MessageFrom,
  ProtocolInfo,
  ProtocolKind,
  ProtocolResult,
  RemovedReason,
  VoteValue,
} from './protocol.js';
export { approve, keepVoting, reject } from './votes.js';
