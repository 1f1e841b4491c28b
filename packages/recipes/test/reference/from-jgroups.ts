import { connect } from '@group-services/client';

const services = await connect();
const channel = await services.join('cluster', {
  // A view change that is voted on: JGroups has nothing like it.
  attributes: { joinPhases: 'voting', defaultVote: 'approve' },
});
channel.on('membership', ({ view }) => console.log('viewAccepted', view.providers)); // viewAccepted()
channel.on('message', ({ from }) => console.log('receive from', from)); // receive()

// Total order comes without SEQUENCER; safe waits until all members have it.
await channel.send(new TextEncoder().encode('hello'), { delivery: 'safe' });
console.log('coordinator:', channel.isOldest);
await services.close();
