import type { BarrierForm } from '../member/member-calls.js';
import { USUAL } from '../system.js';
import { nextRun, type Work } from './work.js';

const TITLES = {
  counted: 'barrier',
  ahead: 'barrier, proposed ahead',
  messages: 'barrier of messages',
} as const;

export const BARRIER_FORMS: readonly BarrierForm[] = ['counted', 'ahead', 'messages'];

/** W5: rounds per second in which all members wait for each other. */
export function barrier(form: BarrierForm, parties: number): Work {
  return {
    id: 'W5',
    title: `${TITLES[form]}, ${parties} members`,
    shape: { ...USUAL, members: parties },
    metrics: [{ name: 'rounds', unit: '1/s', better: 'higher' }],
    measure: async ({ members }, { barriers: rounds }) => {
      const run = nextRun();
      await Promise.all(
        members.map((member, index) => {
          const order = { run, member: index, parties, rounds, form };
          return member.call('prepare', { kind: 'barrier', order });
        }),
      );
      const results = await Promise.all(members.map((member) => member.call('barrier', undefined)));
      if (!results.every(({ intact }) => intact)) throw new Error('a barrier opened too early');
      const lastStart = Math.max(...results.map(({ startNs }) => startNs));
      const lastEnd = Math.max(...results.map(({ endNs }) => endNs));
      return { figures: [(rounds * 1e9) / (lastEnd - lastStart)], sameOrder: undefined };
    },
  };
}
