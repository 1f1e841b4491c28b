import { connect } from '@group-services/client';

const services = await connect();
const provider = await services.join('panel', {
  attributes: { timeLimit: 200, defaultVote: 'approve' },
  // A voter that never answers: the others are told, and the default vote counts.
  vote: () => new Promise(() => {}),
});
provider.on('announcement', ({ code, providers }) => console.log(code, ...providers));

const { outcome, causes } = await provider.barrier();
console.log(outcome, ...causes.map(({ code }) => code));
await services.close();
