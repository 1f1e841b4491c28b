// A process that joins a group and tells its parent; there to be killed. Runs from the built SDK.
import { connect } from '@group-services/client';

const { endpoint, group, options, responsiveness, silent } = JSON.parse(process.argv[2]);
const services = await connect({ endpoint, responsiveness });
// A voter that is asked and never answers.
if (silent) options.vote = ({ phase }) => new Promise(() => process.send({ asked: phase }));
const provider = await services.join(group, options);
process.on('disconnect', () => process.exit(0));
process.send({ id: provider.id });
