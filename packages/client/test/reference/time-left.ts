import { connect, keepVoting } from '@group-services/client';

const services = await connect();
const builder = await services.join('build', {
  attributes: { timeLimit: 3_000 },
  vote: ({ phase, timeLeft }) => {
    // Undefined: the group sets no limit. Whoever has not voted by then gets the default vote.
    console.log('phase', phase, 'ends in', timeLeft ?? 'its own time', 'ms');
    return phase < 3 ? keepVoting() : 'approve';
  },
});
await builder.barrier();
await services.close();
