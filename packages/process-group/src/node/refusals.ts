import { LIMITS, type Refusal, type RemovedReason, type ReplyBody } from '@group-services/wire';

/**
 * The definite answers to requests that are not carried out. A program tells them apart by their code; the
 * text is for people, and says what happened and what to do now. Where the words of one code are needed in
 * several places they stand here once.
 */

const UNKNOWN_HINDRANCE =
  "check that the name server and the group's leader can be reached, or give more time";

/** Why a handle ends whose process has lost the right to it; also what the others are told. */
export const NOT_AUTHORIZED = 'not-authorized';

export function aborted(what: string): Refusal {
  return { code: 'ABORTED', text: `${what} was withdrawn before it started; nothing was changed` };
}

/** Too late to be taken back. */
export function abortedAfterStart(): Refusal {
  return {
    code: 'ABORTED',
    text: 'the join was withdrawn after it had started; if it is approved, the new provider leaves at once',
  };
}

/** @param why What is known to have been in the way. */
export function joinTimedOut(milliseconds: number, why: string | undefined): Refusal {
  const text = `not joined within ${milliseconds} ms, request withdrawn; ${why ?? UNKNOWN_HINDRANCE}`;
  return { code: 'TIMEOUT', text, milliseconds };
}

export function subscribeTimedOut(milliseconds: number, why: string | undefined): Refusal {
  const text = `not subscribed within ${milliseconds} ms; ${why ?? UNKNOWN_HINDRANCE}`;
  return { code: 'TIMEOUT', text, milliseconds };
}

export function unknownGroup(group: string): Refusal {
  return {
    code: 'UNKNOWN_GROUP',
    text: `nobody provides group '${group}'; join it first, or subscribe with persistent to wait for it`,
  };
}

/** The group depends on another one that no process of this node provides. */
export function sourceMissing(source: string): Refusal {
  const text = `no process of this node provides '${source}', the source of this group; join '${source}' here first`;
  return { code: 'UNAVAILABLE', text };
}

export function stopping(): Refusal {
  return { code: 'UNAVAILABLE', text: 'the daemon is stopping; connect to it again later' };
}

export function connectionLost(why: string): Refusal {
  return {
    code: 'CONNECTION_LOST',
    text: `${why}; whether the proposal took effect is unknown, look at the group after joining again`,
  };
}

export function removedBefore(reason?: RemovedReason): Refusal {
  return {
    code: 'REMOVED',
    text: 'the provider is no longer in the group and the proposal was not run; join again to propose it',
    reason,
  };
}

export function invalidArgument(argument: string, text: string): Refusal {
  return { code: 'INVALID_ARGUMENT', text: `${argument}: ${text}`, argument };
}

/** Of what a caller took for an id: no id is longer, and the text has its limit. */
const NAMED_LENGTH_MAX = 129;

export function unknownProviders(providers: readonly string[]): Refusal {
  const named = providers
    .slice(0, 10)
    .map((provider) => provider.slice(0, NAMED_LENGTH_MAX))
    .join(', ');
  return {
    code: 'UNKNOWN_PROVIDER',
    text: `not in the group: ${named}; name providers of the present view`,
    providers: [...providers],
  };
}

type Mismatch = Extract<ReplyBody, { readonly kind: 'attribute-mismatch' }>;

function mismatchText({ differences, strict }: Mismatch): string {
  const named = differences.map(({ attribute }) => attribute).join(', ');
  return strict
    ? `the group is strict and has other attributes: ${named}; give every attribute as the group has it`
    : `the group has other attributes: ${named}; leave them out to adopt the group's`;
}

/** What the leader's answer means to the process that asked to join. */
export function joinRefusal(reply: ReplyBody, instance: string): Refusal {
  switch (reply.kind) {
    case 'attribute-mismatch':
      return {
        code: 'ATTRIBUTE_MISMATCH',
        text: mismatchText(reply),
        differences: reply.differences,
      };
    case 'duplicate-instance':
      return {
        code: 'DUPLICATE_INSTANCE',
        text: `a live provider of this group on this node has instance '${instance}'; choose another one`,
        instance,
      };
    case 'labels-full':
      return {
        code: 'INVALID_ARGUMENT',
        text: `labels: those of all providers of the group have ${LIMITS.groupLabels} bytes at most; give fewer`,
        argument: 'labels',
        limit: 'groupLabels',
      };
    case 'withdrawn':
      return aborted('the join');
    default:
      return { code: 'UNAVAILABLE', text: `not joined (${reply.kind}); try again` };
  }
}

/** This daemon has just fallen out of the group, or was never in. */
export function notInGroup(): Refusal {
  const text = 'this daemon is not in the group at the moment, so nothing was proposed; try again';
  return { code: 'UNAVAILABLE', text };
}

/** What the leader's answer means to the provider that proposed. */
export function proposalRefusal(
  reply: Exclude<ReplyBody, { readonly kind: 'proposer-removed' }>,
): Refusal {
  switch (reply.kind) {
    case 'withdrawn':
      return aborted('the proposal');
    case 'collision':
      return {
        code: 'COLLISION',
        text: 'another proposal was chosen and the group drops the others; propose it again',
      };
    case 'state-changed':
      return {
        code: 'STATE_CHANGED',
        text: 'the state value is not the expected one; look at the present value and propose again',
        stateValue: reply.stateValue,
      };
    case 'unknown-provider':
      return unknownProviders(reply.providers);
    case 'unprovided':
      return { code: 'UNKNOWN_GROUP', text: 'nobody provides the group any more' };
    default:
      return { code: 'UNAVAILABLE', text: `not run (${reply.kind}); propose it again` };
  }
}
