import type { KeepJoinedOptions, KeepSubscribedOptions } from '../api/keep-options.js';
import type {
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
} from '../api/options.js';
import type { OptionNames } from './arguments.js';

/**
 * Which options there are, for callers whose compiler does not tell: what has another name is an
 * InvalidArgumentError instead of being passed over.
 */

export const CONNECT_OPTIONS: OptionNames<ConnectOptions> = {
  endpoint: true,
  name: true,
  token: true,
  tls: true,
  transports: true,
  connectTimeout: true,
  keepAlive: true,
  responsiveness: true,
  trace: true,
  onError: true,
  signal: true,
};

export const TLS_OPTIONS: OptionNames<TlsOptions> = {
  ca: true,
  cert: true,
  key: true,
  serverName: true,
};

export const RESPONSIVENESS_OPTIONS: OptionNames<ResponsivenessOptions> = {
  interval: true,
  timeout: true,
  check: true,
};

export const JOIN_OPTIONS: OptionNames<JoinOptions> = {
  attributes: true,
  instance: true,
  labels: true,
  vote: true,
  onError: true,
  timeout: true,
  signal: true,
};

export const SUBSCRIBE_OPTIONS: OptionNames<SubscribeOptions> = {
  membership: true,
  state: true,
  persistent: true,
  onError: true,
  timeout: true,
  signal: true,
  '~types': true,
};

export const WAIT_OPTIONS: OptionNames<WaitOptions> = { signal: true, timeout: true };

export const PROPOSAL_OPTIONS: OptionNames<ProposalOptions> = {
  phases: true,
  timeLimit: true,
  signal: true,
};

export const CHANGE_STATE_OPTIONS: OptionNames<ChangeStateOptions> = {
  ...PROPOSAL_OPTIONS,
  ifState: true,
};

export const SEND_OPTIONS: OptionNames<SendOptions> = { ...PROPOSAL_OPTIONS, delivery: true };

export const REASONED_OPTIONS: OptionNames<ReasonedOptions> = { ...PROPOSAL_OPTIONS, reason: true };

const KEEP_OPTIONS = { connect: true, services: true, backoff: true, onRetry: true } as const;

export const KEEP_JOINED_OPTIONS: OptionNames<KeepJoinedOptions> = {
  ...JOIN_OPTIONS,
  ...KEEP_OPTIONS,
  drain: true,
};

export const KEEP_SUBSCRIBED_OPTIONS: OptionNames<KeepSubscribedOptions> = {
  ...SUBSCRIBE_OPTIONS,
  ...KEEP_OPTIONS,
};

export const BACKOFF_OPTIONS: OptionNames<NonNullable<KeepJoinedOptions['backoff']>> = {
  first: true,
  max: true,
};
