import { count, type Range, size, sizeText } from '@group-services/runtime';
import { type ClientLimits, LARGEST, LIMITS } from '@group-services/wire';

/**
 * How large may be what processes propose, and how many memberships one has (`client-api.md`, Limits). A daemon
 * announces these limits when a process connects, the library checks them, and the engine refuses what does
 * not. They can be made smaller, and messages and state values also larger, as far as the frames go.
 */

const bytes = (max: number, min = 1): Range => ({ min, max });

export const limitOptions = {
  maxMessage: {
    schema: size(bytes(LARGEST.message, 1024)),
    default: sizeText(LIMITS.message),
    description:
      'the largest message, also of one that rides on a vote; the same on all daemons of a domain',
  },
  maxStateValue: {
    schema: size(bytes(LARGEST.stateValue)),
    default: sizeText(LIMITS.stateValue),
    description: 'the largest state value of a group; the same on all daemons of a domain',
  },
  maxAttributeValue: {
    schema: size(bytes(LARGEST.attributeValue)),
    default: sizeText(LIMITS.attributeValue),
    description: 'the largest value of a group attribute',
  },
  maxReason: {
    schema: size(bytes(LARGEST.reason)),
    default: sizeText(LIMITS.reason),
    description: 'the longest reason that is given for leaving or expelling',
  },
  maxMemberships: {
    schema: count({ min: 1, max: LARGEST.membershipsPerProcess }),
    default: String(LIMITS.membershipsPerProcess),
    description: 'memberships and subscriptions of one process at most',
  },
} as const;

interface Limited {
  readonly maxMessage: number;
  readonly maxStateValue: number;
  readonly maxAttributeValue: number;
  readonly maxReason: number;
  readonly maxMemberships: number;
}

export function clientLimits(config: Limited): ClientLimits {
  return {
    message: config.maxMessage,
    stateValue: config.maxStateValue,
    attributeValue: config.maxAttributeValue,
    reason: config.maxReason,
    membershipsPerProcess: config.maxMemberships,
  };
}

/** Around a message: what it is called by, and from whom it comes. */
const AROUND_BYTES = 4 * 1024;

/** A process that reads must be able to take in one message, or the first of that size would end it. */
export function messageMistakes(config: {
  readonly clientBuffer: number;
  readonly maxMessage: number;
}): { option: 'clientBuffer'; message: string }[] {
  const least = config.maxMessage + AROUND_BYTES;
  if (config.clientBuffer >= least) return [];
  const message = `must hold one message (--max-message + ${sizeText(AROUND_BYTES)} = ${least} bytes)`;
  return [{ option: 'clientBuffer', message }];
}
