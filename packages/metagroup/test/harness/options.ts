import type { GroupName, MembershipId } from '@group-services/core';
import type { MetagroupOptions } from '../../src/index.js';

/** Options of one membership with short times. */
export function testOptions(membership: string): MetagroupOptions {
  return {
    group: 'g' as GroupName,
    membership: membership as MembershipId,
    address: membership,
    create: true,
    ackWindow: 8,
    quiesce: 'anticipate',
    idleSyncMs: 100,
    maxUnstableBytes: 1_000,
    maxUnstableMessages: 100,
    slowMemberTimeoutMs: 1_000,
    leaveTimeoutMs: 1_000,
    snapshotChunkBytes: 100,
    retryMs: 50,
    complainAfterMs: 100,
    leaderRecovery: 'announced',
    suspected: [],
    observe: false,
  };
}
