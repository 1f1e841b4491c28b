export type { GroupAttributes, Phases } from './api/attributes.js';
export type { Ballot, Riders, Vote, VoteHandler } from './api/ballot.js';
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
} from './api/errors.js';
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
} from './api/events.js';
export type {
  Bytes,
  Codec,
  GroupDefinition,
  GroupDefinitionOptions,
  GroupTypes,
  StandardSchema,
} from './api/group-types.js';
export type {
  GroupServices,
  GroupSummary,
  HandleStatus,
  Membership,
  NodeSummary,
  Provider,
  Subscription,
  Watch,
} from './api/handles.js';
export type {
  KeepJoinedOptions,
  KeepOptions,
  KeepSubscribedOptions,
  RetryAttempt,
} from './api/keep-options.js';
export type {
  ChangeStateOptions,
  ConnectOptions,
  JoinOptions,
  ProposalOptions,
  ReasonedOptions,
  ResponsivenessOptions,
  SendOptions,
  SubscribeOptions,
  TlsOptions,
  WaitOptions,
} from './api/options.js';
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
} from './api/protocol.js';
export type {
  TraceApi,
  TraceAttributes,
  TraceContext,
  TraceSpan,
  TraceSpanContext,
  TraceTracer,
} from './api/trace-api.js';
export { approve, keepVoting, reject } from './api/votes.js';
export { connect } from './handles/connect.js';
export { keepJoined } from './handles/keep-joined.js';
export { keepSubscribed } from './handles/keep-subscribed.js';
export { defineGroup } from './values/define-group.js';
