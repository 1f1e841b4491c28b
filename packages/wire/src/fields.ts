import {
  type DaemonId,
  type GroupName,
  isDaemonId,
  isMembershipId,
  isNodeName,
  type MembershipId,
  type NodeName,
} from '@group-services/core';
import * as z from 'zod/mini';
import { LIMITS, utf8Length } from './limits.js';

/** Fields that many messages share. */

export const nodeNameField = z.custom<NodeName>((v) => typeof v === 'string' && isNodeName(v));
export const daemonIdField = z.custom<DaemonId>((v) => typeof v === 'string' && isDaemonId(v));
export const membershipIdField = z.custom<MembershipId>(
  (v) => typeof v === 'string' && isMembershipId(v),
);
export const bytesField = z.custom<Uint8Array>((v) => v instanceof Uint8Array);
export const countField = z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
export const u32Field = z.int().check(z.gte(0), z.lte(0xffffffff));
/** Versions of a view: four bytes in the headers between daemons. */
export const versionField = z.int().check(z.gte(0), z.lte(0xffffffff));
/** The random name of a name server's store. */
export const storeField = z.string().check(z.minLength(1), z.maxLength(64));
/** Of a trace, as W3C writes it; carried through as it is. Printable ASCII. */
export const traceField = z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/));
export const addressField = z.string().check(z.minLength(1), z.maxLength(512));
/** Which release a program is of, for people. */
export const releaseField = z.string().check(z.minLength(1), z.maxLength(64));

const CONTROL_CHARACTER = /\p{Cc}/u;
/** Half of a pair: it has no UTF-8 form and would arrive as another name. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Why a text cannot name a group; undefined when it can. `$` is reserved for predefined groups. */
export function groupNameProblem(name: string): string | undefined {
  if (name.length === 0) return 'a group name must not be empty';
  if (utf8Length(name) > LIMITS.groupName) {
    return `a group name has at most ${LIMITS.groupName} bytes`;
  }
  if (CONTROL_CHARACTER.test(name)) return 'a group name has no control characters';
  if (LONE_SURROGATE.test(name)) return 'a group name is well-formed Unicode';
  if (name.startsWith('$'))
    return 'names that start with $ are reserved, and $nodes can only be subscribed to';
  return undefined;
}

export const groupNameField = z.custom<GroupName>(
  (v) => typeof v === 'string' && groupNameProblem(v) === undefined,
);

const INSTANCE = /^[\x20-\x2e\x30-\x7e]{1,64}$/;

/** In whose name a daemon proposes for an operator; no provider is called so. */
const OPERATOR = '$operator';

/** Whether a text can be the instance of a provider: printable ASCII without `/`, and not reserved. */
export function isInstance(text: string): boolean {
  return INSTANCE.test(text) && text !== OPERATOR;
}

/** Who is shown as the proposer of what an operator proposes through the daemon of this node. */
export function operatorId(node: string): string {
  return `${node}/${OPERATOR}`;
}

export const instanceField = z.string().check(z.refine(isInstance));

const PROVIDER_ID = /^[A-Za-z0-9._-]{1,64}\/[\x20-\x2e\x30-\x7e]{1,64}$/;

/** Id of a listed provider: `node/instance`. */
export const providerIdField = z.string().check(z.regex(PROVIDER_ID));

/** The same where it is read without a schema. */
export function isProviderId(text: string): boolean {
  return PROVIDER_ID.test(text);
}

/** What a caller takes for a provider id; whether it is one, the list decides. */
export const providerNameField = z.string().check(z.maxLength(1024));

export const reasonField = z.string().check(z.maxLength(LIMITS.reason));
