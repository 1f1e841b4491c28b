import { connect, reject } from '@group-services/client';

const services = await connect();
// Those who are in decide; who wants to join is not asked.
await services.join('club', {
  attributes: { joinPhases: 'voting', joinersVote: false },
  vote: ({ joining, view }) => (view.providers.length + joining.length > 2 ? reject() : 'approve'),
});
await services.join('club');
const third = await services.join('club').catch((error: Error) => error.message);
console.log(third);
await services.close();
