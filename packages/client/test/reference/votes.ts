import { approve, connect, reject } from '@group-services/client';

const services = await connect();
const config = await services.join('config', {
  vote: ({ proposedStateValue, stateValue }) => {
    if (proposedStateValue === undefined) return approve();
    const message = new TextEncoder().encode('it is empty');
    // What rides on the votes of the last phase is in the result.
    if (proposedStateValue.length === 0) return reject({ message });
    return approve({ defaultVote: stateValue === undefined ? 'approve' : 'reject' });
  },
});
const result = await config.changeState(new Uint8Array(), { phases: 'voting' });
for (const { provider, code } of result.causes) console.log(result.outcome, 'by', provider, code);
for (const { message } of result.messages) console.log(new TextDecoder().decode(message));
await services.close();
