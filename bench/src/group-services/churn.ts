import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@group-services/client';
import { monotonicNs } from '../member/monotonic.js';
import type { ChurnOrder, ChurnResult } from './churn-calls.js';

/** Long enough for everybody to have seen the last change. */
const BETWEEN_MS = 5;

/** Joins and leaves one group, again and again, on one connection. */
export async function churn({ endpoint, group, rounds }: ChurnOrder): Promise<ChurnResult> {
  const services = await connect({ endpoint });
  const joinNs: number[] = [];
  const leaveNs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    joinNs.push(monotonicNs());
    const provider = await services.join(group);
    await pause(BETWEEN_MS);
    leaveNs.push(monotonicNs());
    await provider.leave();
    await pause(BETWEEN_MS);
  }
  await services.close();
  return { joinNs, leaveNs };
}
