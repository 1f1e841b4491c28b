import { type Features, NODES_GROUP } from '@group-services/wire';
import { UnavailableError } from '../api/errors.js';
import type { Bytes, GroupDefinition, GroupTypes } from '../api/group-types.js';
import type {
  GroupServices,
  GroupSummary,
  NodeSummary,
  Provider,
  Subscription,
} from '../api/handles.js';
import type { JoinOptions, SubscribeOptions } from '../api/options.js';
import {
  type ArgumentLimits,
  checkBoolean,
  checkFunction,
  checkGroupName,
  checkInstance,
  checkSignal,
  invalid,
  labelsOf,
  millisecondsOf,
  optionsOf,
} from '../arguments/arguments.js';
import { attributesOf } from '../arguments/attribute-arguments.js';
import { JOIN_OPTIONS, SUBSCRIBE_OPTIONS } from '../arguments/option-names.js';
import { type Asked, aborted } from '../connection/refusal-error.js';
import { doneOrOver, type Session } from '../connection/session.js';
import { formatOf, type GroupFormat } from '../values/define-group.js';
import { ErrorSink } from '../values/error-sink.js';
import type { FrameOf } from '../values/frames.js';
import { JoinAttempt } from './join-attempt.js';
import { attempt, placedPromise } from './proposals.js';
import { GroupSubscription } from './subscription.js';
import type { AnyVoteHandler } from './voter.js';

/** What the handshake told of the daemon. */
export interface DaemonFacts {
  readonly node: string;
  readonly admin: string | undefined;
  readonly limits: ArgumentLimits;
  readonly features: Features;
}

/** Options of a join whatever its types: what a vote handler returns is checked. */
type AnyJoinOptions = Omit<JoinOptions<GroupTypes>, 'vote'> & { readonly vote?: unknown };

const JOIN_TIMEOUT_MS = 30_000;

/** One connection of this process to its daemon (`client-api.md`). */
export class ConnectedServices implements GroupServices {
  readonly node: string;
  readonly admin?: string | undefined;
  readonly #session: Session;
  readonly #limits: ArgumentLimits;
  readonly #watchesNodes: boolean;
  /** Providers and joins under way. */
  #memberships = 0;

  constructor(session: Session, facts: DaemonFacts) {
    this.#session = session;
    this.node = facts.node;
    this.admin = facts.admin;
    this.#limits = facts.limits;
    this.#watchesNodes = facts.features.has('nodes');
  }

  get closed(): Promise<Error | undefined> {
    return this.#session.closed;
  }

  join<G extends GroupTypes = Bytes>(
    group: string | GroupDefinition<G>,
    options?: JoinOptions<G>,
  ): Promise<Provider<G>> {
    const joined = attempt(() => this.#join(formatOf(group), optionsOf(options, JOIN_OPTIONS)));
    // What it reads and writes has the types of the definition, whose schemas see to that.
    return joined as Promise<unknown> as Promise<Provider<G>>;
  }

  subscribe<G extends GroupTypes = Bytes>(
    group: string | GroupDefinition<G>,
    options?: SubscribeOptions<G>,
  ): Promise<Subscription<G>> {
    const subscribed = attempt(() =>
      this.#subscribe(formatOf(group), optionsOf(options, SUBSCRIBE_OPTIONS)),
    );
    // As for `join`.
    return subscribed as Promise<unknown> as Promise<Subscription<G>>;
  }

  async groups(): Promise<GroupSummary[]> {
    const all: GroupSummary[] = [];
    let page: FrameOf<'groups'>;
    do {
      page = await this.#groupsBehind(all.at(-1)?.group);
      all.push(...page.groups);
    } while (page.more === true && page.groups.length > 0);
    return sortedByName(all);
  }

  #groupsBehind(after: string | undefined): Promise<FrameOf<'groups'>> {
    return attempt(() => {
      this.#session.checkOpen();
      return placedPromise((resolve, reject) => {
        const asked = { action: 'groups' };
        const onAnswer = resolve;
        const pending = { expects: 'groups', owner: 0, bytes: 0, asked, onAnswer, reject } as const;
        const behind = after === undefined ? {} : { after };
        this.#session.request({ kind: 'groups', ...behind }, pending);
      });
    });
  }

  async nodes(): Promise<NodeSummary[]> {
    const all: NodeSummary[] = [];
    let page: FrameOf<'nodes'>;
    do {
      page = await this.#nodesBehind(all.at(-1)?.node);
      all.push(...page.nodes);
    } while (page.more === true && page.nodes.length > 0);
    return all.sort((a, b) => a.incarnation - b.incarnation || (a.node < b.node ? -1 : 1));
  }

  #nodesBehind(after: string | undefined): Promise<FrameOf<'nodes'>> {
    return attempt(() => {
      this.#session.checkOpen();
      return placedPromise((resolve, reject) => {
        const asked = { action: 'nodes' };
        const onAnswer = resolve;
        const pending = { expects: 'nodes', owner: 0, bytes: 0, asked, onAnswer, reject } as const;
        const behind = after === undefined ? {} : { after };
        this.#session.request({ kind: 'nodes', ...behind }, pending);
      });
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #join(format: GroupFormat, options: AnyJoinOptions): Promise<Provider<GroupTypes>> {
    const group = format.name;
    checkGroupName(group);
    checkInstance(options.instance);
    const labels = labelsOf(options.labels);
    checkFunction('vote', options.vote);
    checkFunction('onError', options.onError);
    checkSignal(options.signal);
    const timeout = millisecondsOf('timeout', options.timeout, JOIN_TIMEOUT_MS);
    const attributes = {
      ...attributesOf(format.attributes, this.#limits),
      ...attributesOf(options.attributes, this.#limits),
    };
    this.#session.checkOpen();
    this.#checkMemberships();
    const { instance, signal } = options;
    const asked: Asked = { action: 'join', group, instance, milliseconds: timeout, signal };
    const handle = this.#session.newHandle();
    this.#memberships += 1;
    const attempt = new JoinAttempt({
      session: this.#session,
      handle,
      group,
      format,
      limits: this.#limits,
      errors: new ErrorSink(options.onError),
      // It is a function, and gets ballots of the types of its group.
      vote: options.vote as AnyVoteHandler | undefined,
      asked,
      onEnded: () => {
        this.#memberships -= 1;
      },
    });
    return attempt.run({ kind: 'join', handle, group, instance, attributes, labels, timeout });
  }

  #subscribe(
    format: GroupFormat,
    options: Partial<SubscribeOptions<GroupTypes>>,
  ): Promise<Subscription<GroupTypes>> {
    const group = format.name;
    const isNodes = group === NODES_GROUP;
    if (!isNodes) checkGroupName(group);
    else if (!this.#watchesNodes) throw new UnavailableError(`the daemon is too old for ${group}`);
    checkBoolean('membership', options.membership);
    checkBoolean('state', options.state);
    checkBoolean('persistent', options.persistent);
    checkFunction('onError', options.onError);
    checkSignal(options.signal);
    const timeout = millisecondsOf('timeout', options.timeout, JOIN_TIMEOUT_MS);
    this.#session.checkOpen();
    const { membership = true, state = true, persistent = false, signal } = options;
    const asked: Asked = { action: 'subscribe', group, milliseconds: timeout, signal };
    const handle = this.#session.newHandle();
    return placedPromise((resolve, rejectPromise) => {
      let failed = false;
      const reject = (error: Error): void => {
        failed = true;
        rejectPromise(error);
      };
      const onAnswer = (subscribed: FrameOf<'subscribed'>): void => {
        if (failed) {
          // Nobody waits any more.
          const done = doneOrOver('unsubscribe', () => {});
          this.#session.request({ kind: 'unsubscribe', handle }, done);
          return;
        }
        if (signal?.aborted) {
          const rejectAborted = (): void => reject(aborted(signal, 'the subscribe was aborted'));
          const done = doneOrOver('unsubscribe', rejectAborted);
          this.#session.request({ kind: 'unsubscribe', handle }, done);
          return;
        }
        const subscription = new GroupSubscription({
          session: this.#session,
          handle,
          group,
          format,
          errors: new ErrorSink(options.onError),
          membership,
          state,
          persistent,
          subscribed,
        });
        this.#session.openHandle(handle, subscription);
        resolve(subscription);
      };
      this.#session.request(
        isNodes
          ? { kind: 'watch-nodes', handle, timeout }
          : { kind: 'subscribe', handle, group, membership, state, persistent, timeout },
        { expects: 'subscribed', owner: 0, bytes: 0, asked, onAnswer, reject },
      );
    });
  }

  #checkMemberships(): void {
    const limit = this.#limits.membershipsPerProcess;
    if (this.#memberships < limit) return;
    const problem = `cannot be joined: this process has ${limit} memberships already`;
    throw invalid('group', problem, 'membershipsPerProcess');
  }
}

/** By code units, so that the order is the same everywhere. */
function sortedByName(groups: readonly GroupSummary[]): GroupSummary[] {
  return [...groups].sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
}
