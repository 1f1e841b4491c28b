export {
  ATTRIBUTE_NAMES,
  type AttributeDifference,
  type AttributeName,
  type Attributes,
  attributeDifferences,
  DEFAULT_ATTRIBUTES,
  type PartialAttributes,
  type Phases,
  prescreenDifferences,
  withAttributes,
} from './attributes.js';
export {
  decodeGroupSnapshot,
  decodeOrdered,
  decodeProposal,
  decodeReply,
  encodeBundleBody,
  encodeGroupSnapshot,
  encodeMessageBody,
  encodeOrdered,
  encodeProposal,
  encodeReply,
} from './body-codecs.js';
export { BundleWriter, messagesIn, payloadBytes, payloadsIn, sendsIn } from './bundle.js';
export {
  decodeFromClient,
  decodeToClient,
  encodeFromClient,
  encodeToClient,
  isFrameOfNewerDaemon,
} from './client-frames.js';
export type {
  ClientDeparture,
  ClientProtocolInfo,
  ClientSnapshot,
  ClientView,
  Refusal,
  RefusalCode,
  RemovedReason,
  ToClient,
  ViewChange,
} from './client-messages.js';
export {
  type DaemonMessage,
  decodeDaemonFrame,
  encodeDaemonFrame,
  type NodeMessage,
  type VotingReport,
} from './daemon-frames.js';
export type { Decoded } from './decoded.js';
export { DRAIN_WISHES, type DrainReport, type DrainWish } from './drain-messages.js';
export { type Entry, entrySchema, type Member } from './entry.js';
export { groupNameProblem, isInstance, operatorId } from './fields.js';
export { FollowedView } from './followed-view.js';
export { type EncodedFrame, joinFrame } from './frame.js';
export type { FromClient, Proposed } from './from-client.js';
export {
  type AnnounceBody,
  type BundleBody,
  type Change,
  type GroupSnapshot,
  type ListedDeparture,
  type ListedProvider,
  type MessageBody,
  OPERATOR_NO,
  type OrderedBody,
  type Proposal,
  type ReplyBody,
  type RequestRef,
  type SourceMark,
  type StartBody,
} from './group-bodies.js';
export {
  decodeSnapshot,
  decodeView,
  encodeSnapshot,
  encodeView,
  PeerMemberships,
} from './group-frames.js';
export type {
  Ack,
  Acknowledgement,
  Data,
  Fetched,
  GroupControl,
  GroupEnvelope,
  GroupMessage,
  LeaderStamp,
  LogEntry,
  Nack,
  Received,
  Reply,
  Request,
  Snapshot,
  Submit,
  Sync,
} from './group-messages.js';
export {
  type Challenge,
  decodeHandshakeAnswer,
  encodeHandshake,
  type HandshakeAnswer,
  type Refuse,
  type RefuseCode,
  type Welcome,
} from './handshake.js';
export { decodeHello, type Hello } from './hello.js';
export { HoldingsDigest } from './holdings-digest.js';
export { isKeepAlive, KEEP_ALIVE } from './keep-alive.js';
export {
  type Labels,
  type LabelsOfProviders,
  labelBytes,
  labelsProblem,
} from './labels.js';
export { type ClientLimits, LARGEST, LIMITS, utf8Length } from './limits.js';
export {
  type AbsentNode,
  ACCUSERS_SHOWN_MAX,
  type ChangeRefusal,
  decodeFromNameServer,
  decodeToNameServer,
  encodeNameServerMessage,
  type FromNameServer,
  type Holding,
  type ListPlace,
  STARTS_MAX,
  type ToNameServer,
} from './name-server-messages.js';
export {
  NODES_PER_FRAME,
  type NodeEnd,
  type NodeOfDomain,
  type NodesMessage,
} from './node-list-messages.js';
export { NODES_GROUP } from './nodes-group.js';
export { entryBytes, inPieces, PIECE_BYTES } from './pieces.js';
export { prepareDecoders } from './prepare.js';
export type { LeaveReason, ProtocolKind } from './protocol-words.js';
export type {
  Bundled,
  DeliveredBundle,
  DeliveredMessage,
  SendBundle,
  SendMessage,
} from './provider-messages.js';
export { readTraceParent, type TraceParent, traceParentOf } from './trace-parent.js';
export {
  type AgreedWire,
  agreeOnWire,
  type Feature,
  type Features,
  MAGIC,
  noCommonWire,
  type Offered,
  WIRE_MINOR,
  WIRE_VERSION,
  type WireOffer,
  type WireVersions,
  welcomeWire,
  wireOffer,
  wireOfWelcome,
} from './version.js';
export type {
  AnnouncementCode,
  DefaultVote,
  ResultBody,
  RiderBody,
  VoteValue,
  Voting,
  WireCause,
  WireVote,
} from './voting-bodies.js';
