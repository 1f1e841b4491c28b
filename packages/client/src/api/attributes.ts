/** `1`: one-phase, no vote. `'voting'`: as many voting phases as the votes ask for. `{ exactly: n }`: n voting phases, n ≥ 1. */
export type Phases = 1 | 'voting' | { readonly exactly: number };

/** Attributes of a group, set by its first provider. */
export interface GroupAttributes {
  /** Software level of the providers; default none. */
  readonly version: string | number | undefined;
  /** Phases of joins; default 1. */
  readonly joinPhases: Phases;
  /**
   * Phases of failure leaves; default 1.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const heir = await services.join('estate', {
   *   // The others see the failure in two phases: in the first they clean up, after it all have done so.
   *   attributes: { failurePhases: { exactly: 2 }, defaultVote: 'approve' },
   *   vote: ({ leaving, phase }) => {
   *     if (phase === 1) for (const { provider } of leaving) console.log('clean up after', provider);
   *     return 'approve';
   *   },
   * });
   * const failing = await services.join('estate');
   * const removed = new Promise((resolve) => heir.on('membership', resolve));
   * await failing.goodbye();
   * // Whatever the votes say, who has failed is removed.
   * console.log(await removed);
   * await services.close();
   * ```
   */
  readonly failurePhases: Phases;
  /**
   * Which membership requests are collected into one protocol; default 'none'.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * // Who joins within 100 ms of another joins with it: one protocol, one vote, one event.
   * const first = await services.join('swarm', { attributes: { batch: 'joins', batchWindow: 100 } });
   * first.on('membership', ({ joined }) => console.log(joined.length, 'at once:', ...joined));
   *
   * await Promise.all([services.join('swarm'), services.join('swarm'), services.join('swarm')]);
   * console.log(first.view.providers.length, 'are in');
   * await services.close();
   * ```
   */
  readonly batch: 'none' | 'joins' | 'departures' | 'both';
  /** Collection time; default 50. */
  readonly batchWindow: number;
  /** Vote cast for who fails or stays silent; default 'reject'. */
  readonly defaultVote: 'approve' | 'reject';
  /** Per voting phase, 0 = none; default 30000. */
  readonly timeLimit: number;
  /** Voting phases at most, 0 = unlimited; default 0. */
  readonly maxPhases: number;
  /** What happens to proposals while another runs; default 'queue'. */
  readonly contention: 'queue' | 'drop';
  /**
   * Whether a joining provider votes on its own join; default true.
   *
   * @example
   * ```ts
   * import { connect, reject } from '@group-services/client';
   *
   * const services = await connect();
   * // Those who are in decide; who wants to join is not asked.
   * await services.join('club', {
   *   attributes: { joinPhases: 'voting', joinersVote: false },
   *   vote: ({ joining, view }) => (view.providers.length + joining.length > 2 ? reject() : 'approve'),
   * });
   * await services.join('club');
   * const third = await services.join('club').catch((error: Error) => error.message);
   * console.log(third);
   * await services.close();
   * ```
   */
  readonly joinersVote: boolean;
  /** Delivery of results that change state or attributes; default 'safe', as changes of the list always are. */
  readonly delivery: 'safe' | 'agreed';
  /**
   * What becomes of a provider whose process does not answer its daemon in time (see
   * {@link ConnectOptions.responsiveness}); default 'announce': the others are told. 'remove': it fails, with
   * reason `process-failure` and detail `unresponsive`.
   */
  readonly unresponsive: 'announce' | 'remove';
  /**
   * Whether a joiner has to give every attribute, version included, and each as the group has it; by
   * default it may leave out what it adopts.
   *
   * @example
   * ```ts
   * import { AttributeMismatchError, connect } from '@group-services/client';
   *
   * const services = await connect();
   * await services.join('vault', { attributes: { strict: true, version: '2.0' } });
   * const late = await services
   *   .join('vault', { attributes: { version: '2.0' } })
   *   .catch((error) => error);
   * if (late instanceof AttributeMismatchError) {
   *   console.log(late.differences.map(({ attribute }) => attribute).includes('timeLimit'));
   * }
   * await services.close();
   * ```
   */
  readonly strict?: boolean | undefined;
  /**
   * The group that this one depends on, node by node; for a whole life. A process may provide this group only
   * on a node where one provides the source (otherwise UnavailableError); when the last of a node is gone from
   * the source, all providers of this group there are removed with the reason `cast-out`. Whoever is in both
   * groups sees the change of the source first.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const server = await services.join('database');
   * const pool = await services.join('connections', { attributes: { source: 'database' } });
   * const over = new Promise((resolve) => pool.on('removed', ({ reason }) => resolve(reason)));
   *
   * await server.leave();
   * console.log('connections are over:', await over);
   * await services.close();
   * ```
   */
  readonly source?: string | undefined;
  /** Phases of the protocol that casts out; default 1. The votes decide when, not whether. */
  readonly castOutPhases?: Phases | undefined;
}
