import { approve, connect, reject } from '@group-services/client';

const services = await connect(); // The daemon on this host.
const billing = await services.join('billing', {
  attributes: { joinPhases: 'voting', defaultVote: 'approve' },
  vote: (ballot) => (ballot.joining.length > 3 ? reject() : approve()),
});

for await (const event of billing) {
  if (event.type === 'snapshot' || event.type === 'membership') console.log(event.view.providers);
}
