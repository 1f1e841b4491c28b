import { connect } from '@group-services/client';

const services = await connect(); // cpg_initialize
const group = await services.join('storage'); // cpg_join
group.on('message', ({ from, message }) => console.log('deliver', from, message.length));
group.on('membership', ({ view, left }) => console.log('confchg', view.providers, left));

await group.send(new TextEncoder().encode('flush')); // cpg_mcast_joined
console.log('members', group.view.providers); // cpg_membership_get
await group.leave(); // cpg_leave
await services.close(); // cpg_finalize
