import { connect, keepVoting } from '@group-services/client';

const services = await connect();
const job = await services.join('job', {
  // Everybody does its part in phase 1; nobody is in phase 2 before all have done so.
  vote: async (ballot) => {
    if (ballot.phase === 1) return keepVoting();
    return 'approve';
  },
});
const { outcome, phases } = await job.barrier({ timeLimit: 10_000 });
console.log(outcome, 'after', phases, 'phases');
await services.close();
