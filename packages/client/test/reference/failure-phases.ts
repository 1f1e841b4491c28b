import { connect } from '@group-services/client';

const services = await connect();
const heir = await services.join('estate', {
  // The others see the failure in two phases: in the first they clean up, after it all have done so.
  attributes: { failurePhases: { exactly: 2 }, defaultVote: 'approve' },
  vote: ({ leaving, phase }) => {
    if (phase === 1) for (const { provider } of leaving) console.log('clean up after', provider);
    return 'approve';
  },
});
const failing = await services.join('estate');
const removed = new Promise((resolve) => heir.on('membership', resolve));
await failing.goodbye();
// Whatever the votes say, who has failed is removed.
console.log(await removed);
await services.close();
