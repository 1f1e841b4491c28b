import {
  type DaemonId,
  type GroupName,
  isDaemonId,
  isMembershipId,
  isNodeName,
  type MembershipId,
  type NodeName,
} from '@group-services/core';
import { z } from 'zod';
import { LIMITS, utf8Length } from './limits.js';

/** Fields that many messages share. */

export const nodeNameField = z.custom<NodeName>((v) => typeof v === 'string' && isNodeName(v));
export const daemonIdField = z.custom<DaemonId>((v) => typeof v === 'string' && isDaemonId(v));
export const membershipIdField = z.custom<MembershipId>(
  (v) => typeof v === 'string' && isMembershipId(v),
);
export const bytesField = z.custom<Uint8Array>((v) => v instanceof Uint8Array);
export const countField = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const u32Field = z.number().int().min(0).max(0xffffffff);
export const addressField = z.string().min(1).max(512);

const FORBIDDEN_IN_NAMES = /\p{Cc}/u;

/** Why a text cannot name a group; undefined when it can. `$` is reserved for predefined groups. */
export function groupNameProblem(name: string): string | undefined {
  if (name.length === 0) return 'a group name must not be empty';
  if (utf8Length(name) > LIMITS.groupName) {
    return `a group name has at most ${LIMITS.groupName} bytes`;
  }
  if (FORBIDDEN_IN_NAMES.test(name)) return 'a group name has no control characters';
  if (name.startsWith('$')) return 'group names that start with $ are reserved';
  return undefined;
}

export const groupNameField = z.custom<GroupName>(
  (v) => typeof v === 'string' && groupNameProblem(v) === undefined,
);

const INSTANCE = /^[\x20-\x2e\x30-\x7e]{1,64}$/;

/** Whether a text can be the instance of a provider: printable ASCII without `/`. */
export function isInstance(text: string): boolean {
  return INSTANCE.test(text);
}

export const instanceField = z.string().refine(isInstance);
export const providerIdField = z.string().min(3).max(130);
export const reasonField = z.string().max(LIMITS.reason);
