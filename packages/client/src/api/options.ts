import type { Transport } from '@group-services/transport';
import type { GroupAttributes, Phases } from './attributes.js';
import type { VoteHandler } from './ballot.js';
import type { Bytes, GroupTypes } from './group-types.js';
import type { TraceApi } from './trace-api.js';

export interface ConnectOptions {
  /** `unix:///path`, `tcp://host:port` or `tls://host:port`; default `$GROUP_SERVICES_ENDPOINT`, else `unix:///run/group-services/gsd.sock`. */
  readonly endpoint?: string | undefined;
  /** Label shown to operators; default program name and pid. */
  readonly name?: string | undefined;
  /** Credential for endpoints that ask for one. */
  readonly token?: string | undefined;
  /** Certificates for `tls://`, PEM text. */
  readonly tls?: TlsOptions | undefined;
  /** Beside those that are built in; the one with the scheme of `endpoint` is used. Streams only. */
  readonly transports?: readonly Transport[] | undefined;
  /** Limit for connecting and the handshake; default 5000. */
  readonly connectTimeout?: number | undefined;
  /**
   * The connection counts as lost when the daemon gives no sign of life for so long (it stands still, or
   * its host is gone); default 10000, 0 = it is waited for without end.
   */
  readonly keepAlive?: number | undefined;
  /** Ping by the daemon; off when omitted. */
  readonly responsiveness?: ResponsivenessOptions | undefined;
  /**
   * Makes spans of proposals and events: the module `@opentelemetry/api`; false: none are made. Default: that
   * module, where the program has it installed. Without an SDK it does nothing.
   */
  readonly trace?: TraceApi | false | undefined;
  /** Receives errors that belong to no promise and no group. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Ends the attempt only; it has no effect once connected. */
  readonly signal?: AbortSignal | undefined;
}

export interface TlsOptions {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
}

export interface ResponsivenessOptions {
  /** Time between pings. */
  readonly interval: number;
  /** Time for the answer before the others get an `unresponsive` announcement. */
  readonly timeout: number;
  /** Answers for the process; false or a throw is announced as `self-reported-error`. */
  readonly check?: (() => boolean | Promise<boolean>) | undefined;
}

export interface JoinOptions<G extends GroupTypes = Bytes> {
  /** Each attribute given must equal the group's; those left out are adopted (first provider: the defaults). */
  readonly attributes?: Partial<GroupAttributes> | undefined;
  /** 1–64 printable ASCII characters without `/`, unique per node and group; generated when omitted. */
  readonly instance?: string | undefined;
  /**
   * What everybody sees who sees the list: short texts by name, fixed for as long as it is a provider; at most
   * 1 KiB in all.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const labels = { zone: 'eu-1', http: 'http://10.0.0.7:8080' };
   * const worker = await services.join('fleet of workers', { labels });
   * // By provider id; who gave none is not in it.
   * for (const id of worker.view.providers) console.log(id, worker.view.labels[id]?.['zone']);
   * await services.close();
   * ```
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Asked once per voting phase; when omitted, every ballot is approved. */
  readonly vote?: VoteHandler<G> | undefined;
  /** Receives throws of handlers, late votes and values that fail their schema; when omitted, they become a process warning. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Limit until the join's protocol starts; default 30000, 0 = none. */
  readonly timeout?: number | undefined;
  /** Withdraws the join; if it had already started and is approved, the provider says goodbye at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface SubscribeOptions<G extends GroupTypes = Bytes> {
  /** Approved membership changes; default true. */
  readonly membership?: boolean | undefined;
  /** Approved state changes; default true. */
  readonly state?: boolean | undefined;
  /** Waits for the group to exist and survives its dissolution; default false. */
  readonly persistent?: boolean | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
  /** Limit until the snapshot is here; default 30000, 0 = none; not used while a persistent one waits for its group. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Type carrier; does not exist at run time. */
  readonly '~types'?: G | undefined;
}

/** How long `when` waits. */
export interface WaitOptions {
  /** Ends the wait with AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the wait with TimeoutError after so many milliseconds; default 0 = none. */
  readonly timeout?: number | undefined;
}

export interface ProposalOptions {
  /** Default 1 (`barrier`: 'voting'). */
  readonly phases?: Phases | undefined;
  /** Per voting phase, 0 = none; default: the group's attribute. */
  readonly timeLimit?: number | undefined;
  /** Withdraws the proposal if its protocol has not started (AbortedError); afterwards it has no effect. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeStateOptions<G extends GroupTypes = Bytes> extends ProposalOptions {
  /** Runs only if the state value has these bytes when the protocol is selected; null = no value yet. */
  readonly ifState?: G['stateInput'] | G['state'] | null | undefined;
}

export interface SendOptions extends ProposalOptions {
  /** Default 'agreed'. */
  readonly delivery?: 'safe' | 'agreed' | undefined;
}

export interface ReasonedOptions extends ProposalOptions {
  /** At most 1 KiB; shown as `detail` in events. */
  readonly reason?: string | undefined;
}
